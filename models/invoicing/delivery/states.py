"""The states of a delivery and its channels, as people read them."""

STATES = [
    ("to_send", "To send"),
    ("queued", "Queued"),
    ("sending", "Being sent"),
    ("sent", "Sent"),
    ("received", "Received by platform"),
    ("portal", "On the portal"),
    ("to_post", "To be posted"),
    ("posted", "Posted by hand"),
    ("held", "Held: copy of a database"),
    ("no_channel", "No channel"),
    ("bounced", "Bounced"),
    ("unknown", "Answer unknown"),
    ("failed", "Failed"),
    ("replaced", "Replaced"),
]

CHANNELS = [
    ("email", "E-mail"),
    ("portal", "Portal only"),
    ("post", "Post"),
    ("platform", "Platform"),
]

DAYS = [
    ("all", "Every day"),
    ("working", "Monday to Friday"),
    ("six", "Monday to Saturday"),
]

#: ISO week-days of each choice.
WEEKDAYS = {
    "all": frozenset(),
    "working": frozenset({1, 2, 3, 4, 5}),
    "six": frozenset({1, 2, 3, 4, 5, 6}),
}

GROUPINGS = [
    ("each", "One mail per invoice"),
    ("daily", "One mail per customer and day"),
]
