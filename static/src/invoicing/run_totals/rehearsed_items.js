import {registry} from "@web/core/registry";
import {useService} from "@web/core/utils/hooks";
import {X2ManyField, x2ManyField} from "@web/views/fields/x2many/x2many_field";

/** Rows of a rehearsal: each opens the invoice as the customer will see it. */
export class RehearsedItems extends X2ManyField {
    static props = {...X2ManyField.props};
    static template = X2ManyField.template;

    setup() {
        super.setup();
        this.orm = useService("orm");
        this.actionService = useService("action");
    }

    async openRecord(record) {
        const action = await this.orm.call("billing.run.item", "action_show_document", [
            record.resId,
        ]);
        await this.actionService.doAction(action);
    }
}

registry.category("fields").add("billing_rehearsed_items", {
    ...x2ManyField,
    component: RehearsedItems,
});
