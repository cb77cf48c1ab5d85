import {registry} from "@web/core/registry";

const state = (name) =>
    `.o_statusbar_status button.o_arrow_button_current[data-value='${name}']`;
const progress = (name) => `.o_billing_run_progress ${name}`;

// A clerk rehearses a run, looks at an invoice, approves, stops, resumes, and sees the end.
registry.category("web_tour.tours").add("recurring_billing_rehearsal", {
    steps: () => [
        {
            content: "A rehearsal is what the launcher proposes",
            trigger:
                ".modal .o_field_widget[name='mode'] input[data-value='rehearse']:checked",
        },
        {
            content: "It says how many subscriptions are due",
            trigger: ".modal .o_field_widget[name='due_count']:contains(3)",
        },
        {
            content: "Rehearse",
            trigger: ".modal button[name='action_launch']:visible",
            run: "click",
        },
        {
            content: "The bar says how many are left",
            trigger: progress(".o_billing_run_left:contains(3)"),
        },
        {content: "It is rehearsed", trigger: state("rehearsed")},
        {
            content: "The sentence tells the documents and their amount",
            trigger: ".o_field_widget[name='summary']:contains(300)",
        },
        {
            content: "New customers are counted apart",
            trigger: ".o_billing_run_totals tr[data-key='new']:contains(3)",
        },
        {
            content: "Look at the first invoice",
            trigger: ".o_field_widget[name='changed_item_ids'] td[name='partner_id']",
            run: "click",
        },
        {
            content: "It is shown as the customer will see it",
            trigger: ".modal .o_field_widget[name='document'] iframe",
        },
        {
            content: "Close it",
            trigger: ".modal .modal-header .btn-close",
            run: "click",
        },
        {
            content: "Approve all three",
            trigger: "body:not(:has(.modal)) button[name='action_approve_all']",
            run: "click",
        },
        {content: "The run is under way", trigger: state("running")},
        {
            content: "Stop it",
            trigger: progress("button[data-hotkey='s']:not(.o_billing_resume)"),
            run: "click",
        },
        {
            content: "Go on",
            trigger: progress("button.o_billing_resume"),
            run: "click",
        },
        {content: "All is billed", trigger: state("done")},
        {
            content: "The invoices are one click away",
            trigger: "button[name='action_open_invoices']:contains(3)",
        },
    ],
});
