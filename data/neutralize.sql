-- No document leaves a copied database: what was under way is set aside, and shown so.
INSERT INTO billing_delivery_event
       (delivery_id, company_id, at, event, state, email, message_ref, answer, create_date)
SELECT id, company_id, now() AT TIME ZONE 'UTC', 'held', 'held', email, message_ref,
       'This database is a copy, nothing leaves it.', now() AT TIME ZONE 'UTC'
  FROM billing_delivery
 WHERE state IN ('to_send', 'queued', 'sending');

UPDATE billing_delivery
   SET state = 'held',
       answer = 'This database is a copy, nothing leaves it.',
       next_try_at = NULL
 WHERE state IN ('to_send', 'queued', 'sending');

UPDATE account_move
   SET billing_delivery_state = 'held'
 WHERE billing_delivery_state IN ('to_send', 'queued', 'sending');

-- Core switches all scheduled actions off; ours stay off where that is left out.
UPDATE ir_cron
   SET active = false
 WHERE id IN (
       SELECT res_id
         FROM ir_model_data
        WHERE model = 'ir.cron'
          AND module = 'recurring_billing'
          AND name IN ('ir_cron_prepare_deliveries', 'ir_cron_send_deliveries',
                       'ir_cron_send_reminders')
);

-- No reminder either: what waited is set aside, and nothing new is planned.
UPDATE billing_dunning_action
   SET state = 'skipped', reason_code = 'copy', next_try_at = NULL
 WHERE state IN ('to_approve', 'queued', 'sending', 'failed');

UPDATE res_company
   SET billing_dunning_on = false
 WHERE billing_dunning_on;
