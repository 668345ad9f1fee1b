"""Office verbs, acts of clocks, calendars, incidents, timers, notifications, migrations of cases.

Revision: 0005
After: 0004
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "calendar_version",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("jurisdiction_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("holidays", sa.JSON().with_variant(JSONB(), "postgresql"), nullable=False),
        sa.Column("workdays", sa.JSON().with_variant(JSONB(), "postgresql"), nullable=False),
        sa.Column("made_by_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["jurisdiction_id"], ["jurisdiction.id"], name=op.f("fk_calendar_version_jurisdiction_id")
        ),
        sa.ForeignKeyConstraint(["made_by_id"], ["person.id"], name=op.f("fk_calendar_version_made_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendar_version")),
        sa.UniqueConstraint(
            "jurisdiction_id", "number", name=op.f("uq_calendar_version_jurisdiction_id_number")
        ),
    )
    with op.batch_alter_table("calendar_version", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_calendar_version_jurisdiction_id"), ["jurisdiction_id"], unique=False
        )

    op.create_table(
        "notice_cursor",
        sa.Column("jurisdiction_id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["jurisdiction_id"], ["jurisdiction.id"], name=op.f("fk_notice_cursor_jurisdiction_id")
        ),
        sa.PrimaryKeyConstraint("jurisdiction_id", name=op.f("pk_notice_cursor")),
    )
    # Nobody is told today of what happened before there were notices.
    op.execute("INSERT INTO notice_cursor (jurisdiction_id, seq) SELECT jurisdiction_id, seq FROM chain_head")
    op.create_table(
        "notification_choice",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("page", sa.Boolean(), nullable=False),
        sa.Column("mail", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_notification_choice_person_id")),
        sa.PrimaryKeyConstraint("person_id", "kind", name=op.f("pk_notification_choice")),
    )
    op.create_table(
        "webhook",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("jurisdiction_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("url", sa.String(), nullable=False),
        sa.Column("secret", sa.LargeBinary(), nullable=False),
        sa.Column("kinds", sa.JSON().with_variant(JSONB(), "postgresql"), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("made_by_id", sa.Uuid(), nullable=False),
        sa.Column("last_status", sa.String(), nullable=True),
        sa.Column("last_sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["jurisdiction_id"], ["jurisdiction.id"], name=op.f("fk_webhook_jurisdiction_id")
        ),
        sa.ForeignKeyConstraint(["made_by_id"], ["person.id"], name=op.f("fk_webhook_made_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook")),
    )
    with op.batch_alter_table("webhook", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_webhook_jurisdiction_id"), ["jurisdiction_id"], unique=False)

    op.create_table(
        "migration",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("jurisdiction_id", sa.Uuid(), nullable=False),
        sa.Column("from_version_id", sa.Uuid(), nullable=False),
        sa.Column("to_version_id", sa.Uuid(), nullable=False),
        sa.Column("mapping", sa.JSON().with_variant(JSONB(), "postgresql"), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("made_by_id", sa.Uuid(), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["from_version_id"], ["process_version.id"], name=op.f("fk_migration_from_version_id")
        ),
        sa.ForeignKeyConstraint(
            ["jurisdiction_id"], ["jurisdiction.id"], name=op.f("fk_migration_jurisdiction_id")
        ),
        sa.ForeignKeyConstraint(["made_by_id"], ["person.id"], name=op.f("fk_migration_made_by_id")),
        sa.ForeignKeyConstraint(
            ["to_version_id"], ["process_version.id"], name=op.f("fk_migration_to_version_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_migration")),
    )
    with op.batch_alter_table("migration", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_migration_jurisdiction_id"), ["jurisdiction_id"], unique=False)

    op.create_table(
        "substitution",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("jurisdiction_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("substitute_id", sa.Uuid(), nullable=False),
        sa.Column("position_id", sa.Uuid(), nullable=True),
        sa.Column("process_key", sa.String(), nullable=True),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.LargeBinary(), nullable=False),
        sa.Column("made_by_id", sa.Uuid(), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("ends_on >= starts_on", name=op.f("ck_substitution_period")),
        sa.CheckConstraint("person_id <> substitute_id", name=op.f("ck_substitution_two_people")),
        sa.ForeignKeyConstraint(
            ["jurisdiction_id"], ["jurisdiction.id"], name=op.f("fk_substitution_jurisdiction_id")
        ),
        sa.ForeignKeyConstraint(["made_by_id"], ["person.id"], name=op.f("fk_substitution_made_by_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_substitution_person_id")),
        sa.ForeignKeyConstraint(["position_id"], ["position.id"], name=op.f("fk_substitution_position_id")),
        sa.ForeignKeyConstraint(["substitute_id"], ["person.id"], name=op.f("fk_substitution_substitute_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_substitution")),
    )
    with op.batch_alter_table("substitution", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_substitution_jurisdiction_id"), ["jurisdiction_id"], unique=False
        )
        batch_op.create_index("ix_substitution_person", ["person_id", "revoked_at"], unique=False)
        batch_op.create_index("ix_substitution_substitute", ["substitute_id", "revoked_at"], unique=False)

    op.create_table(
        "awaited_message",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("jurisdiction_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("task_id", sa.String(), nullable=False),
        sa.Column("element_id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("attached_to", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_awaited_message_case_id")),
        sa.ForeignKeyConstraint(
            ["jurisdiction_id"], ["jurisdiction.id"], name=op.f("fk_awaited_message_jurisdiction_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_awaited_message")),
        sa.UniqueConstraint("case_id", "task_id", name=op.f("uq_awaited_message_case_id_task_id")),
    )
    with op.batch_alter_table("awaited_message", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_awaited_message_jurisdiction_id"), ["jurisdiction_id"], unique=False
        )
        batch_op.create_index("ix_awaited_message_name", ["jurisdiction_id", "name"], unique=False)

    op.create_table(
        "circulation",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("jurisdiction_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("position_id", sa.Uuid(), nullable=False),
        sa.Column("sent_by_id", sa.Uuid(), nullable=False),
        sa.Column("sender_position_id", sa.Uuid(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("note", sa.LargeBinary(), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answer", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_circulation_case_id")),
        sa.ForeignKeyConstraint(
            ["jurisdiction_id"], ["jurisdiction.id"], name=op.f("fk_circulation_jurisdiction_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_circulation_person_id")),
        sa.ForeignKeyConstraint(["position_id"], ["position.id"], name=op.f("fk_circulation_position_id")),
        sa.ForeignKeyConstraint(
            ["sender_position_id"], ["position.id"], name=op.f("fk_circulation_sender_position_id")
        ),
        sa.ForeignKeyConstraint(["sent_by_id"], ["person.id"], name=op.f("fk_circulation_sent_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_circulation")),
    )
    with op.batch_alter_table("circulation", schema=None) as batch_op:
        batch_op.create_index("ix_circulation_case", ["case_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_circulation_jurisdiction_id"), ["jurisdiction_id"], unique=False)
        batch_op.create_index("ix_circulation_reader", ["person_id", "read_at"], unique=False)

    op.create_table(
        "incident",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("jurisdiction_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("task_id", sa.String(), nullable=False),
        sa.Column("element_id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("operator", sa.String(), nullable=False),
        sa.Column("message", sa.String(), nullable=False),
        sa.Column("happened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("resolved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("resolved_by_id", sa.Uuid(), nullable=True),
        sa.Column("reason", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_incident_case_id")),
        sa.ForeignKeyConstraint(
            ["jurisdiction_id"], ["jurisdiction.id"], name=op.f("fk_incident_jurisdiction_id")
        ),
        sa.ForeignKeyConstraint(["resolved_by_id"], ["person.id"], name=op.f("fk_incident_resolved_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incident")),
    )
    with op.batch_alter_table("incident", schema=None) as batch_op:
        batch_op.create_index("ix_incident_case", ["case_id", "status"], unique=False)
        batch_op.create_index(batch_op.f("ix_incident_jurisdiction_id"), ["jurisdiction_id"], unique=False)
        batch_op.create_index("ix_incident_open", ["jurisdiction_id", "status", "happened_at"], unique=False)

    op.create_table(
        "migrated_case",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("migration_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("verdict", sa.String(), nullable=False),
        sa.Column("reasons", sa.JSON().with_variant(JSONB(), "postgresql"), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("message", sa.String(), nullable=False),
        sa.Column("before", sa.JSON().with_variant(JSONB(), "postgresql"), nullable=False),
        sa.Column("state_before", sa.LargeBinary(), nullable=True),
        sa.Column("revision_after", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_migrated_case_case_id")),
        sa.ForeignKeyConstraint(
            ["migration_id"], ["migration.id"], name=op.f("fk_migrated_case_migration_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_migrated_case")),
        sa.UniqueConstraint("migration_id", "case_id", name=op.f("uq_migrated_case_migration_id_case_id")),
    )
    with op.batch_alter_table("migrated_case", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_migrated_case_case_id"), ["case_id"], unique=False)

    op.create_table(
        "supervision",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("jurisdiction_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("position_id", sa.Uuid(), nullable=False),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("requirement", sa.LargeBinary(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("lifted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lifted_by_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_supervision_case_id")),
        sa.ForeignKeyConstraint(
            ["jurisdiction_id"], ["jurisdiction.id"], name=op.f("fk_supervision_jurisdiction_id")
        ),
        sa.ForeignKeyConstraint(["lifted_by_id"], ["person.id"], name=op.f("fk_supervision_lifted_by_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_supervision_person_id")),
        sa.ForeignKeyConstraint(["position_id"], ["position.id"], name=op.f("fk_supervision_position_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_supervision")),
    )
    with op.batch_alter_table("supervision", schema=None) as batch_op:
        batch_op.create_index("ix_supervision_case", ["case_id", "lifted_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_supervision_jurisdiction_id"), ["jurisdiction_id"], unique=False)

    op.create_table(
        "timer",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("jurisdiction_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("task_id", sa.String(), nullable=False),
        sa.Column("element_id", sa.String(), nullable=False),
        sa.Column("attached_to", sa.String(), nullable=False),
        sa.Column("interrupting", sa.Boolean(), nullable=False),
        sa.Column("armed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_timer_case_id")),
        sa.ForeignKeyConstraint(
            ["jurisdiction_id"], ["jurisdiction.id"], name=op.f("fk_timer_jurisdiction_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_timer")),
        sa.UniqueConstraint("case_id", "task_id", name=op.f("uq_timer_case_id_task_id")),
    )
    with op.batch_alter_table("timer", schema=None) as batch_op:
        batch_op.create_index("ix_timer_due", ["due_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_timer_jurisdiction_id"), ["jurisdiction_id"], unique=False)

    op.create_table(
        "notification",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("jurisdiction_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=True),
        sa.Column("work_item_id", sa.Uuid(), nullable=True),
        sa.Column("title", sa.LargeBinary(), nullable=False),
        sa.Column("text", sa.LargeBinary(), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("on_page", sa.Boolean(), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("mail", sa.String(), nullable=False),
        sa.Column("mailed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_notification_case_id")),
        sa.ForeignKeyConstraint(
            ["jurisdiction_id"], ["jurisdiction.id"], name=op.f("fk_notification_jurisdiction_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_notification_person_id")),
        sa.ForeignKeyConstraint(
            ["work_item_id"], ["work_item.id"], name=op.f("fk_notification_work_item_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notification")),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_notification_event_id")),
        sa.UniqueConstraint("person_id", "event_id", name=op.f("uq_notification_person_id_event_id")),
    )
    with op.batch_alter_table("notification", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_notification_jurisdiction_id"), ["jurisdiction_id"], unique=False
        )
        batch_op.create_index("ix_notification_mail", ["mail"], unique=False)
        batch_op.create_index("ix_notification_unread", ["person_id", "read_at", "created_at"], unique=False)

    op.create_table(
        "send_back",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("jurisdiction_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("from_item_id", sa.Uuid(), nullable=True),
        sa.Column("to_item_id", sa.Uuid(), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("position_id", sa.Uuid(), nullable=False),
        sa.Column("for_person_id", sa.Uuid(), nullable=True),
        sa.Column("reason", sa.LargeBinary(), nullable=False),
        sa.Column("marks", sa.JSON().with_variant(JSONB(), "postgresql"), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_send_back_case_id")),
        sa.ForeignKeyConstraint(["for_person_id"], ["person.id"], name=op.f("fk_send_back_for_person_id")),
        sa.ForeignKeyConstraint(["from_item_id"], ["work_item.id"], name=op.f("fk_send_back_from_item_id")),
        sa.ForeignKeyConstraint(
            ["jurisdiction_id"], ["jurisdiction.id"], name=op.f("fk_send_back_jurisdiction_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_send_back_person_id")),
        sa.ForeignKeyConstraint(["position_id"], ["position.id"], name=op.f("fk_send_back_position_id")),
        sa.ForeignKeyConstraint(["to_item_id"], ["work_item.id"], name=op.f("fk_send_back_to_item_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_send_back")),
    )
    with op.batch_alter_table("send_back", schema=None) as batch_op:
        batch_op.create_index("ix_send_back_case", ["case_id", "sent_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_send_back_jurisdiction_id"), ["jurisdiction_id"], unique=False)

    op.create_table(
        "urge",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("jurisdiction_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("work_item_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("position_id", sa.Uuid(), nullable=False),
        sa.Column("urged_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("words", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_urge_case_id")),
        sa.ForeignKeyConstraint(
            ["jurisdiction_id"], ["jurisdiction.id"], name=op.f("fk_urge_jurisdiction_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_urge_person_id")),
        sa.ForeignKeyConstraint(["position_id"], ["position.id"], name=op.f("fk_urge_position_id")),
        sa.ForeignKeyConstraint(["work_item_id"], ["work_item.id"], name=op.f("fk_urge_work_item_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_urge")),
    )
    with op.batch_alter_table("urge", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_urge_jurisdiction_id"), ["jurisdiction_id"], unique=False)
        batch_op.create_index("ix_urge_work_item", ["work_item_id", "urged_at"], unique=False)

    op.create_table(
        "clock_act",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("clock_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["clock_id"], ["clock.id"], name=op.f("fk_clock_act_clock_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_clock_act")),
        sa.UniqueConstraint("clock_id", "kind", name=op.f("uq_clock_act_clock_id_kind")),
    )
    with op.batch_alter_table("case", schema=None) as batch_op:
        batch_op.add_column(sa.Column("hold_reason", sa.LargeBinary(), nullable=True))

    with op.batch_alter_table("clock", schema=None) as batch_op:
        batch_op.add_column(sa.Column("warn_before", sa.Integer(), server_default="0", nullable=False))
        batch_op.add_column(sa.Column("next_act_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("calendar_number", sa.Integer(), nullable=True))
        batch_op.drop_index(batch_op.f("ix_clock_due"))
        batch_op.create_index("ix_clock_next_act", ["next_act_at"], unique=False)

    # What was done stays done; a clock that runs is looked at again when it runs out.
    op.execute(
        "INSERT INTO clock_act (id, clock_id, kind, done_at, due_at, created_at) "
        "SELECT id, id, 'overdue', overdue_handled_at, due_at, overdue_handled_at "
        "FROM clock WHERE overdue_handled_at IS NOT NULL"
    )
    op.execute(
        "UPDATE clock SET next_act_at = due_at WHERE stopped_at IS NULL AND overdue_handled_at IS NULL"
    )
    with op.batch_alter_table("clock", schema=None) as batch_op:
        batch_op.drop_column("overdue_handled_at")

    with op.batch_alter_table("person", schema=None) as batch_op:
        batch_op.add_column(sa.Column("email", sa.LargeBinary(), nullable=True))

    with op.batch_alter_table("signing", schema=None) as batch_op:
        batch_op.add_column(sa.Column("role", sa.String(), server_default="sign", nullable=False))
        batch_op.add_column(sa.Column("place", sa.Integer(), server_default="0", nullable=False))
        batch_op.add_column(sa.Column("for_person_id", sa.Uuid(), nullable=True))
        batch_op.add_column(sa.Column("asked_by_id", sa.Uuid(), nullable=True))
        batch_op.add_column(sa.Column("asked_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("note", sa.LargeBinary(), nullable=True))
        batch_op.add_column(sa.Column("agrees", sa.Boolean(), nullable=True))
        batch_op.add_column(sa.Column("opinion", sa.LargeBinary(), nullable=True))
        batch_op.alter_column("signed_at", existing_type=sa.DateTime(timezone=True), nullable=True)
        batch_op.alter_column("content_digest", existing_type=sa.VARCHAR(), nullable=True)
        batch_op.create_index("ix_signing_waiting", ["person_id", "signed_at"], unique=False)
        batch_op.create_foreign_key(batch_op.f("fk_signing_asked_by_id"), "person", ["asked_by_id"], ["id"])
        batch_op.create_foreign_key(
            batch_op.f("fk_signing_for_person_id"), "person", ["for_person_id"], ["id"]
        )

    with op.batch_alter_table("submission", schema=None) as batch_op:
        batch_op.add_column(sa.Column("for_person_id", sa.Uuid(), nullable=True))
        batch_op.create_foreign_key(
            batch_op.f("fk_submission_for_person_id"), "person", ["for_person_id"], ["id"]
        )

    with op.batch_alter_table("work_item", schema=None) as batch_op:
        batch_op.add_column(sa.Column("done_for_id", sa.Uuid(), nullable=True))
        batch_op.add_column(sa.Column("carried_from_id", sa.Uuid(), nullable=True))
        batch_op.add_column(sa.Column("settled_at_revision", sa.Integer(), nullable=True))
        batch_op.create_foreign_key(batch_op.f("fk_work_item_done_for_id"), "person", ["done_for_id"], ["id"])
        batch_op.create_foreign_key(
            batch_op.f("fk_work_item_carried_from_id"), "work_item", ["carried_from_id"], ["id"]
        )


def downgrade():
    op.execute("DELETE FROM signing WHERE signed_at IS NULL")
    with op.batch_alter_table("work_item", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_work_item_carried_from_id"), type_="foreignkey")
        batch_op.drop_constraint(batch_op.f("fk_work_item_done_for_id"), type_="foreignkey")
        batch_op.drop_column("settled_at_revision")
        batch_op.drop_column("carried_from_id")
        batch_op.drop_column("done_for_id")

    with op.batch_alter_table("submission", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_submission_for_person_id"), type_="foreignkey")
        batch_op.drop_column("for_person_id")

    with op.batch_alter_table("signing", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_signing_for_person_id"), type_="foreignkey")
        batch_op.drop_constraint(batch_op.f("fk_signing_asked_by_id"), type_="foreignkey")
        batch_op.drop_index("ix_signing_waiting")
        batch_op.alter_column("content_digest", existing_type=sa.VARCHAR(), nullable=False)
        batch_op.alter_column("signed_at", existing_type=sa.DateTime(timezone=True), nullable=False)
        batch_op.drop_column("opinion")
        batch_op.drop_column("agrees")
        batch_op.drop_column("note")
        batch_op.drop_column("asked_at")
        batch_op.drop_column("asked_by_id")
        batch_op.drop_column("for_person_id")
        batch_op.drop_column("place")
        batch_op.drop_column("role")

    with op.batch_alter_table("person", schema=None) as batch_op:
        batch_op.drop_column("email")

    with op.batch_alter_table("clock", schema=None) as batch_op:
        batch_op.add_column(sa.Column("overdue_handled_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.drop_index("ix_clock_next_act")
        batch_op.create_index(batch_op.f("ix_clock_due"), ["stopped_at", "due_at"], unique=False)
        batch_op.drop_column("calendar_number")
        batch_op.drop_column("next_act_at")
        batch_op.drop_column("warn_before")

    op.execute(
        "UPDATE clock SET overdue_handled_at = (SELECT done_at FROM clock_act "
        "WHERE clock_act.clock_id = clock.id AND clock_act.kind = 'overdue')"
    )
    with op.batch_alter_table("case", schema=None) as batch_op:
        batch_op.drop_column("hold_reason")

    op.drop_table("clock_act")
    with op.batch_alter_table("urge", schema=None) as batch_op:
        batch_op.drop_index("ix_urge_work_item")
        batch_op.drop_index(batch_op.f("ix_urge_jurisdiction_id"))

    op.drop_table("urge")
    with op.batch_alter_table("send_back", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_send_back_jurisdiction_id"))
        batch_op.drop_index("ix_send_back_case")

    op.drop_table("send_back")
    with op.batch_alter_table("notification", schema=None) as batch_op:
        batch_op.drop_index("ix_notification_unread")
        batch_op.drop_index("ix_notification_mail")
        batch_op.drop_index(batch_op.f("ix_notification_jurisdiction_id"))

    op.drop_table("notification")
    with op.batch_alter_table("timer", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_timer_jurisdiction_id"))
        batch_op.drop_index("ix_timer_due")

    op.drop_table("timer")
    with op.batch_alter_table("supervision", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_supervision_jurisdiction_id"))
        batch_op.drop_index("ix_supervision_case")

    op.drop_table("supervision")
    with op.batch_alter_table("migrated_case", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_migrated_case_case_id"))

    op.drop_table("migrated_case")
    with op.batch_alter_table("incident", schema=None) as batch_op:
        batch_op.drop_index("ix_incident_open")
        batch_op.drop_index(batch_op.f("ix_incident_jurisdiction_id"))
        batch_op.drop_index("ix_incident_case")

    op.drop_table("incident")
    with op.batch_alter_table("circulation", schema=None) as batch_op:
        batch_op.drop_index("ix_circulation_reader")
        batch_op.drop_index(batch_op.f("ix_circulation_jurisdiction_id"))
        batch_op.drop_index("ix_circulation_case")

    op.drop_table("circulation")
    with op.batch_alter_table("awaited_message", schema=None) as batch_op:
        batch_op.drop_index("ix_awaited_message_name")
        batch_op.drop_index(batch_op.f("ix_awaited_message_jurisdiction_id"))

    op.drop_table("awaited_message")
    with op.batch_alter_table("substitution", schema=None) as batch_op:
        batch_op.drop_index("ix_substitution_substitute")
        batch_op.drop_index("ix_substitution_person")
        batch_op.drop_index(batch_op.f("ix_substitution_jurisdiction_id"))

    op.drop_table("substitution")
    with op.batch_alter_table("migration", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_migration_jurisdiction_id"))

    op.drop_table("migration")
    with op.batch_alter_table("webhook", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_webhook_jurisdiction_id"))

    op.drop_table("webhook")
    op.drop_table("notification_choice")
    op.drop_table("notice_cursor")
    with op.batch_alter_table("calendar_version", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_calendar_version_jurisdiction_id"))

    op.drop_table("calendar_version")
