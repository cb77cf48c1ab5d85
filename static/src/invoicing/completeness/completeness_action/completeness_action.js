import {Component, onWillStart, useState} from "@odoo/owl";
import {CompletenessClosing} from "../completeness_closing/completeness_closing";
import {CompletenessGrid} from "../completeness_grid/completeness_grid";
import {CompletenessModel, PAGE, STEP} from "../completeness_model";
import {CompletenessPanel} from "../completeness_panel/completeness_panel";
import {Layout} from "@web/search/layout";
import {_t} from "@web/core/l10n/translation";
import {downloadFile} from "@web/core/network/download";
import {registry} from "@web/core/registry";
import {standardActionServiceProps} from "@web/webclient/actions/action_service";
import {usePager} from "@web/search/pager_hook";
import {useService} from "@web/core/utils/hooks";
import {useSetupAction} from "@web/search/action_hook";

const SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/** The completeness map: proves that each contracted day is billed exactly once. */
export class CompletenessAction extends Component {
    static template = "recurring_billing.CompletenessAction";
    static components = {
        CompletenessClosing,
        CompletenessGrid,
        CompletenessPanel,
        Layout,
    };
    static props = {...standardActionServiceProps};

    setup() {
        this.action = useService("action");
        this.notification = useService("notification");
        const params = {...this.props.action.params, ...this.props.state?.params};
        this.model = new CompletenessModel(useService("orm"), params);
        this.state = useState(this.model.state);
        this.display = {controlPanel: {}, layoutActions: true};
        this.step = STEP;
        this.groups = [
            {id: "subscription", name: _t("By subscription")},
            {id: "customer", name: _t("By customer")},
            {id: "plan", name: _t("By plan")},
        ];
        onWillStart(() => this.model.load());
        useSetupAction({getLocalState: () => ({params: {...this.state.params}})});
        usePager(() => ({
            offset: this.state.offset,
            limit: PAGE,
            total: this.state.orderIds.length > PAGE ? this.state.orderIds.length : 0,
            onUpdate: ({offset}) => this.model.showPage(offset),
        }));
    }

    onPlan(ev) {
        return this.model.ask({plan_id: Number(ev.target.value) || false});
    }

    onGroup(ev) {
        return this.model.ask({group: ev.target.value});
    }

    onOnlyDifferences(ev) {
        return this.model.ask({all: !ev.target.checked});
    }

    /** Bill the holes of a subscription, and say where the invoices are. */
    async onBill(orderId) {
        const action = await this.model.bill(orderId);
        this.notification.add(_t("The holes are billed."), {
            type: "success",
            buttons: [
                {
                    name: _t("See the invoices"),
                    primary: true,
                    onClick: () => this.action.doAction(action),
                },
            ],
        });
    }

    async onExport() {
        const {name, content} = await this.model.getExport();
        const bytes = Uint8Array.from(atob(content), (char) => char.charCodeAt(0));
        downloadFile(new Blob([bytes], {type: SHEET}), name, SHEET);
    }

    async openOrder(orderId) {
        return this.action.doAction(await this.model.getOrderAction(orderId));
    }

    openMove(moveId) {
        return this.action.doAction({
            type: "ir.actions.act_window",
            res_model: "account.move",
            res_id: moveId,
            views: [[false, "form"]],
        });
    }

    /** A check of the closing list: a month of this map, or another screen. */
    onCheck(action) {
        if (action.tag === "billing_completeness") {
            return this.model.ask({...action.params, all: false});
        }
        return this.action.doAction(action);
    }
}

registry.category("actions").add("billing_completeness", CompletenessAction);
