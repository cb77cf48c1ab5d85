import {registry} from "@web/core/registry";

// An accountant opens an archived invoice, reads its seal and has it verified.
registry.category("web_tour.tours").add("recurring_billing_archive", {
    steps: () => [
        {
            content: "The invoice says that it is archived",
            trigger: "button[name='action_billing_open_archive']:contains(✓)",
            run: "click",
        },
        {
            content: "Its place in the chain is told",
            trigger: ".o_field_widget[name='chain_text']:contains(No. 1, the first)",
        },
        {
            content: "Its files have their digest",
            trigger:
                ".o_field_widget[name='document_file_ids'] .o_data_row:contains(.pdf)",
        },
        {
            content: "Verify",
            trigger: "button[name='action_verify']",
            run: "click",
        },
        {
            content: "The answer",
            trigger: ".o_notification:contains(Intact)",
        },
        {
            content: "And the badge",
            trigger: ".o_field_widget[name='integrity']:contains(Intact)",
        },
    ],
});
