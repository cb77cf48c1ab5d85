import {registry} from "@web/core/registry";

const row = ".o_data_row:contains(Garage Aubry)";

// A clerk reads what waits, mends the customer and bills again, without leaving.
registry.category("web_tour.tours").add("recurring_billing_exceptions", {
    steps: () => [
        {
            content: "The sentence above the list counts what waits",
            trigger: ".o_billing_headline:contains(anomalie):contains(retenus)",
        },
        {
            content: "The cause says what to do",
            trigger:
                ".o_group_header:contains(Adresse de facturation absente):contains(Complétez)",
        },
        {
            content: "All of a cause can be retried together",
            trigger: ".o_group_header button[name='action_retry']:contains(Tout)",
        },
        {
            content: "Retry before anything is mended",
            trigger: `${row} button[name='action_retry']:contains(Réessayer)`,
            run: "click",
        },
        {
            content: "The fact is told again, in place",
            trigger: ".o_notification:contains(Garage Aubry)",
        },
        {
            content: "The button says what it opens",
            trigger: `${row} button[name='action_open_culprit']:contains(Client)`,
            run: "click",
        },
        {
            content: "Complete the address",
            trigger: ".o_form_view .o_field_widget[name='city'] input",
            run: "edit Rennes && press Tab",
        },
        {
            content: "Save the customer",
            trigger: ".o_form_button_save",
            run: "click",
        },
        {content: "It is saved", trigger: ".o_form_saved"},
        {
            content: "Back to the exceptions",
            trigger: ".o_breadcrumb a:contains(Anomalies), .o_back_button",
            run: "click",
        },
        {
            content: "Retry",
            trigger: `${row} button[name='action_retry']:contains(Réessayer)`,
            run: "click",
        },
        {
            content: "It is settled",
            trigger: ".o_notification:contains(levée)",
        },
        {
            content: "Nothing waits any more, and that is the reward",
            trigger: ".o_view_nocontent:contains(Rien n'attend):contains(1 facture)",
        },
    ],
});
