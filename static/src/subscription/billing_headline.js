import {Component, onWillStart, onWillUpdateProps, useState} from "@odoo/owl";
import {kanbanView} from "@web/views/kanban/kanban_view";
import {KanbanController} from "@web/views/kanban/kanban_controller";
import {listView} from "@web/views/list/list_view";
import {ListController} from "@web/views/list/list_controller";
import {registry} from "@web/core/registry";
import {useService} from "@web/core/utils/hooks";

/**
 * The sentence above a list: how things stand for the records that it shows.
 * The model says it, in its method `get_billing_headline(domain)`.
 */
export class BillingHeadline extends Component {
    static template = "recurring_billing.Headline";
    static props = {resModel: String, domain: Array};

    setup() {
        this.orm = useService("orm");
        this.state = useState({text: ""});
        onWillStart(() => this.load(this.props));
        onWillUpdateProps((props) => this.load(props));
    }

    async load({resModel, domain}) {
        const key = JSON.stringify(domain);
        if (key === this.key) {
            return;
        }
        this.key = key;
        const text = await this.orm.call(resModel, "get_billing_headline", [domain]);
        // A slower answer to an older question is left alone.
        if (key === this.key) {
            this.state.text = text;
        }
    }
}

class HeadlineListController extends ListController {
    static template = "recurring_billing.HeadlineListView";
    static components = {...ListController.components, BillingHeadline};
}

class HeadlineKanbanController extends KanbanController {
    static template = "recurring_billing.HeadlineKanbanView";
    static components = {...KanbanController.components, BillingHeadline};
}

registry.category("views").add("billing_headline_list", {
    ...listView,
    Controller: HeadlineListController,
});
registry.category("views").add("billing_headline_kanban", {
    ...kanbanView,
    Controller: HeadlineKanbanController,
});
