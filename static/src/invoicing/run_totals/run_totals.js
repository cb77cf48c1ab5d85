import {Component} from "@odoo/owl";
import {registry} from "@web/core/registry";
import {standardFieldProps} from "@web/views/fields/standard_field_props";
import {useService} from "@web/core/utils/hooks";

/** The totals of a rehearsal: three small lists whose rows open what they count. */
export class RunTotals extends Component {
    static template = "recurring_billing.RunTotals";
    static props = {...standardFieldProps};

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
    }

    get boxes() {
        return this.props.record.data[this.props.name] || [];
    }

    async open(box, row) {
        const action = await this.orm.call("billing.run", "action_open_figure", [
            this.props.record.resId,
            box.key,
            row.key,
            row.currency,
        ]);
        await this.action.doAction(action);
    }
}

registry.category("fields").add("billing_run_totals", {component: RunTotals});
