import {registry} from "@web/core/registry";

// A clerk lets a posted invoice go on as a subscription, without one of its lines.
registry.category("web_tour.tours").add("recurring_billing_make_recurring", {
    steps: () => [
        {
            content: "The posted invoice offers it",
            trigger:
                ".o_statusbar_buttons button[name='action_billing_make_recurring']",
            run: "click",
        },
        {
            content: "The dialog says what follows",
            trigger: ".modal .o_field_widget[name='sentence']:contains(150,00)",
        },
        {
            content: "Leave the licence out",
            trigger:
                ".modal .o_data_row:contains(Tour licence) td[name='keep'] .o-checkbox",
            run: "click",
        },
        {
            content: "The sentence follows",
            trigger: ".modal .o_field_widget[name='sentence']:contains(100,00)",
        },
        {
            content: "Apply",
            trigger: ".modal button[name='action_apply']",
            run: "click",
        },
        {
            content: "The subscription runs",
            trigger:
                ".o_statusbar_status button.o_arrow_button_current[data-value='running']",
        },
        {
            content: "It is billed until the end of the invoice's period",
            trigger:
                ".o_field_widget[name='order_line'] .o_data_row:contains(Tour support)",
        },
    ],
});
