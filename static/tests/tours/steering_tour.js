import {registry} from "@web/core/registry";

const effect = (text) => `.modal .o_field_widget[name='effect']:contains(${text})`;
const open = (hotkey) => `.o_statusbar_buttons button[data-hotkey='${hotkey}']`;
const apply = {
    content: "The button says the deed and its day; apply it",
    trigger: ".modal button[name='action_apply']:contains(/20)",
    run: "click",
};
const applied = {content: "The dialog is closed", trigger: "body:not(:has(.modal))"};

// A clerk changes a quantity, pauses and closes, and sees each effect before applying.
registry.category("web_tour.tours").add("recurring_billing_steering", {
    steps: () => [
        {
            content: "The sentence above the list says how things stand",
            trigger: ".o_billing_headline:contains(en cours)",
        },
        {
            content: "Open the subscription",
            trigger:
                ".o_list_view .o_data_row td[name='partner_id']:contains(Tour client)",
            run: "click",
        },
        {
            content: "It says what happens next",
            trigger:
                ".o_field_widget[name='billing_headline']:contains(Prochaine facture)",
        },
        {content: "Change it", trigger: open("shift+c"), run: "click"},
        {
            content: "Another quantity",
            trigger: ".modal .o_field_widget[name='quantity'] input",
            run: "edit 15 && press Tab",
        },
        {
            content: "The effect is told before it is applied",
            trigger: effect("15 au lieu de 10"),
        },
        {
            content: "With the invoice it falls on",
            trigger: effect("HT, sur la facture du"),
        },
        apply,
        applied,
        {
            content: "The history tells of it",
            trigger: ".o_notebook a[name='billing_history']",
            run: "click",
        },
        {
            content: "In plain words",
            trigger: ".o_billing_history:contains(15 au lieu de 10)",
        },
        {content: "Pause it", trigger: open("shift+p"), run: "click"},
        {content: "Until when is not known", trigger: effect("Suspendu à partir du")},
        apply,
        applied,
        {
            content: "It is paused",
            trigger:
                ".o_statusbar_status button.o_arrow_button_current[data-value='paused']",
        },
        {content: "Close it", trigger: open("shift+k"), run: "click"},
        {
            content: "Today",
            trigger: ".modal .o_field_widget[name='when'] input[data-value='today']",
            run: "click",
        },
        {
            content: "The last day is told",
            trigger: effect("Dernier jour de service"),
        },
        {
            content: "Say why",
            trigger: ".modal .o_field_widget[name='reason_id'] input",
            run: "edit Autre",
        },
        {
            content: "Choose the reason",
            trigger: ".o-autocomplete--dropdown-item a:contains(Autre)",
            run: "click",
        },
        apply,
        applied,
        {
            content: "The last day stands on the subscription",
            trigger: ".o_field_widget[name='billing_close_reason_id']:contains(Autre)",
        },
    ],
});
