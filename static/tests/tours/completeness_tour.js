import {registry} from "@web/core/registry";

// An accountant finds a hole in the map, bills it, and closes the month, in French.
registry.category("web_tour.tours").add("recurring_billing_completeness", {
    steps: () => [
        {
            content: "The sentence says how many days were forgotten",
            trigger: ".o_billing_headline:contains(oubliés)",
        },
        {
            content: "The cell of the hole says so when it is pointed at",
            trigger: ".o_billing_cell[data-state='missing'][title*='oublié']",
            run: "click",
        },
        {
            content: "The panel tells the fact and the amount",
            trigger: ".o_billing_panel .o_billing_fault:contains(non facturé)",
        },
        {
            content: "Escape closes it",
            trigger: ".o_billing_cell[data-state='missing']",
            run: "press Escape",
        },
        {
            content: "The keyboard moves to another month",
            trigger:
                ".o_billing_completeness:not(:has(.o_billing_panel)) .o_billing_cell[data-state='missing']",
            run: "press ArrowLeft",
        },
        {
            content: "It has the focus; come back to the hole",
            trigger: ".o_billing_cell[data-state='billed']:focus",
            run: "press ArrowRight",
        },
        {
            content: "Open the hole again",
            trigger: ".o_billing_cell[data-state='missing']:focus",
            run: "click",
        },
        {
            content: "Bill the hole",
            trigger: ".o_billing_panel .o_billing_bill:contains(Facturer l'oubli)",
            run: "click",
        },
        {
            content: "The invoice is one click away",
            trigger: ".o_notification:contains(Les oublis sont facturés)",
        },
        {
            content: "Nothing is missing any more, and the map says so",
            trigger:
                ".o_billing_complete:contains(Chaque jour dû est facturé une fois)",
        },
        {
            content: "Show all subscriptions",
            trigger: ".o_billing_only",
            run: "click",
        },
        {
            content: "Their months are billed once",
            trigger: ".o_billing_cell[data-state='billed'][title*='facturé une fois']",
        },
        {
            content: "Ask what stands before the closing",
            trigger: ".o_billing_closing",
            run: "click",
        },
        {
            content: "No hole is left",
            trigger: ".o_billing_check[data-key='holes'] .o_billing_mark.text-success",
        },
    ],
});
