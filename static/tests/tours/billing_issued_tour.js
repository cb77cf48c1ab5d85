import {registry} from "@web/core/registry";

const tours = registry.category("web_tour.tours");

// A clerk posts an invoice; nothing has left yet.
tours.add("recurring_billing_issued_post", {
    steps: () => [
        {
            content: "Post",
            trigger: "button[name='action_post']",
            run: "click",
        },
        {
            content: "It waits to be sent",
            trigger: "button[name='action_open_billing_deliveries']:contains(To send)",
        },
        {
            content: "And was not archived yet",
            trigger:
                ".o_form_view:not(:has(button[name='action_billing_open_archive']))",
        },
    ],
});

// The jobs have worked: it is sent, it is archived, the archive is intact.
tours.add("recurring_billing_issued_follow", {
    steps: () => [
        {
            content: "It is sent",
            trigger: "button[name='action_open_billing_deliveries']:contains(Sent)",
        },
        {
            content: "To whom and when is told",
            trigger:
                ".o_field_widget[name='billing_delivery_text']:contains(Sent to accounts@horizon.example)",
        },
        {
            content: "Open the archive",
            trigger: "button[name='action_billing_open_archive']:contains(✓)",
            run: "click",
        },
        {
            content: "The PDF is kept",
            trigger:
                ".o_field_widget[name='document_file_ids'] .o_data_row:contains(.pdf)",
        },
        {
            content: "So is the proof that it was sent",
            trigger: ".o_field_widget[name='proof_file_ids'] .o_data_row",
        },
        {
            content: "Verify",
            trigger: "button[name='action_verify']",
            run: "click",
        },
        {
            content: "Nothing was touched",
            trigger: ".o_field_widget[name='integrity']:contains(Intact)",
        },
    ],
});
