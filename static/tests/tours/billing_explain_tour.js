import {registry} from "@web/core/registry";

// Somebody asks how an amount came about: read it, have it computed again.
registry.category("web_tour.tours").add("recurring_billing_explain", {
    steps: () => [
        {
            content: "The line of the invoice has an icon",
            trigger:
                ".o_field_widget[name='invoice_line_ids'] .o_data_row .o_billing_explain",
            run: "click",
        },
        {
            content: "The amount is told in words",
            trigger: ".o_billing_explained p:contains(25 ×):contains(par mois)",
        },
        {
            content: "With its days and its version",
            trigger: ".o_billing_explained p:contains(31 jours sur 31)",
        },
        {
            content: "The facts stand under it",
            trigger: ".o_billing_explained table:contains(Rythme)",
        },
        {
            content: "Compute it again",
            trigger: ".o_billing_replay",
            run: "click",
        },
        {
            content: "It comes out again",
            trigger: ".o_billing_explained .text-success:contains(à l'identique)",
        },
        {
            content: "Escape closes it",
            trigger: ".o_billing_explained",
            run: "press Escape",
        },
        {
            content: "It is closed",
            trigger: "body:not(:has(.o_billing_explained))",
        },
    ],
});
