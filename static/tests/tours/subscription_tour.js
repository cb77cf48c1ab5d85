import {registry} from "@web/core/registry";

// A clerk confirms a quotation with a plan, invoices it and reads what the ledger says.
registry.category("web_tour.tours").add("recurring_billing_subscription", {
    steps: () => [
        {
            content: "The quotations with a plan are listed",
            trigger:
                ".o_list_view .o_data_row td[name='partner_id']:contains(Tour client)",
            run: "click",
        },
        {
            content: "The quotation shows its plan",
            trigger: ".o_form_view .o_field_widget[name='billing_plan_id']",
        },
        {
            content: "Confirm it",
            trigger: ".o_statusbar_buttons button[name='action_confirm']:visible",
            run: "click",
        },
        {
            content: "It is confirmed",
            trigger:
                ".o_statusbar_status button.o_arrow_button_current[data-value='sale']",
        },
        {
            content: "Open the menu of subscriptions",
            trigger:
                ".o_menu_sections button[data-menu-xmlid='recurring_billing.menu_subscriptions']",
            run: "click",
        },
        {
            content: "Go to the subscriptions",
            trigger:
                ".o-dropdown--menu a[data-menu-xmlid='recurring_billing.subscription_menu']",
            run: "click",
        },
        {
            content: "It is in the list, running",
            trigger:
                ".o_list_view:has(td[name='billing_next_date']) .o_data_row td[name='partner_id']:contains(Tour client)",
            run: "click",
        },
        {
            content: "One status bar, that of the subscription",
            trigger:
                ".o_statusbar_status button.o_arrow_button_current[data-value='running']",
        },
        {
            content: "Invoice it now",
            trigger: ".o_statusbar_buttons button[name='action_billing_invoice_now']",
            run: "click",
        },
        {
            content: "The posted invoice is listed; open it",
            trigger: ".o_list_view .o_data_row td[name='name']",
            run: "click",
        },
        {
            content: "It is posted",
            trigger:
                ".o_statusbar_status button.o_arrow_button_current[data-value='posted']",
        },
        {
            content: "Go to the billing menu",
            trigger:
                ".o_menu_sections button[data-menu-xmlid='recurring_billing.menu_billing']",
            run: "click",
        },
        {
            content: "Open the ledger",
            trigger:
                ".o-dropdown--menu a[data-menu-xmlid='recurring_billing.billing_ledger_menu']",
            run: "click",
        },
        {
            content: "The charge is there",
            trigger:
                ".o_list_view .o_data_row:has(td[name='period_start']) td[name='partner_id']:contains(Tour client)",
        },
    ],
});

// Each screen of the menus opens without an error.
registry.category("web_tour.tours").add("recurring_billing_screens", {
    steps: () =>
        [
            ["menu_subscriptions", "subscription_quotation_menu", ".o_list_view"],
            ["menu_billing", "billing_run_menu", ".o_list_view"],
            ["menu_billing", "billing_exception_menu", ".o_list_view"],
            ["menu_billing", "billing_invoice_menu", ".o_list_view"],
            ["menu_configuration", "billing_plan_menu", ".o_list_view"],
            ["menu_configuration", "billing_close_reason_menu", ".o_list_view"],
            [
                "menu_configuration",
                "billing_settings_menu",
                ".o_form_view.o_base_settings_view, .o_form_view",
            ],
        ].flatMap(([menu, entry, view]) => [
            {
                content: `Open ${menu}`,
                trigger: `.o_menu_sections [data-menu-xmlid='recurring_billing.${menu}']`,
                run: "click",
            },
            {
                content: `Open ${entry}`,
                trigger: `.o-dropdown--menu [data-menu-xmlid='recurring_billing.${entry}']`,
                run: "click",
            },
            {content: `${entry} is shown`, trigger: view},
        ]),
});
