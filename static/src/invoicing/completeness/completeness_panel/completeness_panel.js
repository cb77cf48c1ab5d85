import {Component, useExternalListener} from "@odoo/owl";

/** A subscription's month: its days, its entries, and what is to be done. */
export class CompletenessPanel extends Component {
    static template = "recurring_billing.CompletenessPanel";
    static props = {
        details: Object,
        onBill: Function,
        onClose: Function,
        onOpenMove: Function,
        onOpenOrder: Function,
    };

    setup() {
        useExternalListener(window, "keydown", (ev) => {
            if (ev.key === "Escape") {
                this.props.onClose();
            }
        });
    }
}
