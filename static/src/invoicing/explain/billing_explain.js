import {Component, onWillStart, useState} from "@odoo/owl";
import {_t} from "@web/core/l10n/translation";
import {registry} from "@web/core/registry";
import {standardWidgetProps} from "@web/views/widgets/standard_widget_props";
import {usePopover} from "@web/core/popover/popover_hook";
import {useService} from "@web/core/utils/hooks";

/** How the amount of an entry was reached, and the button that computes it again. */
export class BillingExplainPopover extends Component {
    static template = "recurring_billing.BillingExplainPopover";
    static props = {
        resModel: String,
        resId: Number,
        close: Function,
    };

    setup() {
        this.orm = useService("orm");
        this.state = useState({entries: [], verdicts: null, isReplaying: false});
        onWillStart(async () => {
            const method =
                this.props.resModel === "billing.entry"
                    ? "get_explanations"
                    : "get_billing_explanations";
            this.state.entries = await this.orm.call(this.props.resModel, method, [
                [this.props.resId],
            ]);
        });
    }

    async replay() {
        this.state.isReplaying = true;
        const ids = this.state.entries.map((entry) => entry.id);
        const verdicts = await this.orm.call("billing.entry", "replay", [ids]);
        this.state.verdicts = verdicts;
        this.state.isReplaying = false;
    }
}

/** The icon on an invoice line or on a row of the ledger. */
export class BillingExplain extends Component {
    static template = "recurring_billing.BillingExplain";
    static props = {...standardWidgetProps};

    setup() {
        const ui = useService("ui");
        this.popover = usePopover(BillingExplainPopover, {
            position: "left",
            popoverClass: "o_billing_explain_popover",
            useBottomSheet: ui.isSmall,
        });
    }

    get title() {
        return _t("How was this computed?");
    }

    get isShown() {
        const {resId, resModel, data} = this.props.record;
        return Boolean(
            resId && (resModel === "billing.entry" || data.billing_period_start)
        );
    }

    open(ev) {
        const {resModel, resId} = this.props.record;
        this.popover.open(ev.currentTarget, {resModel, resId});
    }
}

registry.category("view_widgets").add("billing_explain", {
    component: BillingExplain,
    listViewWidth: 30,
});
