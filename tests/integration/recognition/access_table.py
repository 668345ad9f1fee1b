"""Who gets what at each address: the table of the access matrix, and the requests that are sent."""

from __future__ import annotations

import re

PEOPLE = {
    "applicant": "majuqiao",
    "other": "songzhuang",
    "asked": "gongan",
    "bureau": "renshe",
    "admin": "admin",
    "nobody": None,
}
"""The clerk of the township that filed, that of another, the police who are asked for an opinion, the bureau's."""

TABLE = """
                                  applicant  other  asked  bureau  admin  nobody
public
static                    GET       404       404    404     404    404     404
health.alive              GET       200       200    200     200    200     200
health.ready              GET       503       503    503     503    503     503
public.directory          GET       200       200    200     200    200     200
public.market             GET       200       200    200     200    200     200
public.verify             GET       200       200    200     200    200     200
public.verify_form        GET       200       200    200     200    200     200
public.verify_file        POST      422       422    422     422    422     422
public.clauses            GET       200       200    200     200    200     200
service_zone.show         GET       200       200    200     200    200     200
service_zone.feed         GET       200       200    200     200    200     200
surveys.ask               GET       404       404    404     404    404     404
surveys.answer            POST      404       404    404     404    404     404
help_requests.ask         GET       200       200    200     200    200     200
help_requests.send        POST      422       422    422     422    422     422
help_requests.look_up     GET       200       200    200     200    200     200
help_requests.status      POST      422       422    422     422    422     422
help_requests.rate        POST      422       422    422     422    422     422
public.clause_list        GET       200       200    200     200    200     200
api.docs                  GET       200       200    200     200    200     200
api.openapi               GET       200       200    200     200    200     200
api.list_markets          GET       200       200    200     200    200     200
api.verify_document       GET       200       200    200     200    200     200

one's own account
auth.sign_in              GET       302       302    302     302    302     200
auth.sign_in_post         POST      422       422    422     422    422     422
auth.profile              GET       200       200    200     200    200     302
auth.change_password      GET       200       200    200     200    200     302
auth.change_password      POST      422       422    422     422    422     302
auth.choose_position      POST      404       404    404     404    404     302
auth.end_session          POST      404       404    404     404    404     302
auth.create_token         POST      422       422    422     422    422     302
auth.revoke_token         POST      404       404    404     404    404     302

one's own work
work.workbench            GET       200       200    200     200    200     302
work.inbox                GET       200       200    200     200    403     302
work.done                 GET       200       200    200     200    403     302
cases.index               GET       200       200    200     200    403     302
cases.new                 GET       200       200    403     200    403     302
cases.start               POST      302       302    403     403    403     302
attachments.upload        POST      422       422    422     422    403     302

the case of the applicant: other townships are told that there is none
cases.show                GET       200       404    200     200    403     302
cases.diagram             GET       200       404    200     200    403     302
cases.matrix              GET       200       404    200     200    403     302
cases.reveal              POST      422       404    403     422    403     302
surveys.sheet             POST      404       404    404     404    403     302
surveys.export            POST      404       404    404     404    403     302
documents.show            GET       200       404    200     200    403     302
documents.pdf             GET       200       404    200     200    403     302
documents.word            GET       200       404    200     200    403     302
attachments.download      GET       200       404    200     200    403     302

the step of the police in it: whoever sees the case sees that it waits, and does nothing in it
work_items.show           GET       302       404    200     302    403     302
work_items.refresh        POST      404       404    200     404    403     302
work_items.save_draft     POST      404       404    302     404    403     302
work_items.claim          POST      404       404    302     404    403     302
work_items.release        POST      404       404    302     404    403     302
work_items.preview        GET       404       404    404     404    403     302
work_items.preview_in_word GET      404       404    404     404    403     302
work_items.complete       POST      404       404    409     404    403     302
work_items.resume         POST      404       404    404     404    404     302

the same by API token
api.list_cases            GET       200       200    200     200    403     401
api.list_tasks            GET       200       200    200     200    403     401
api.start_case            POST      201       201    403     403    403     401
api.upload_attachment     POST      415       415    415     415    403     401
api.show_case             GET       200       404    200     200    403     401
api.show_document         GET       200       404    200     200    403     401
api.download_document     GET       200       404    200     200    403     401
api.download_word         GET       200       404    200     200    403     401
api.download_attachment   GET       200       404    200     200    403     401
api.show_task             GET       404       404    200     404    403     401
api.complete_task         POST      404       404    409     404    403     401

administration
admin.overview            GET       403       403    403     403    200     302
admin.people              GET       403       403    403     403    200     302
admin.agencies            GET       403       403    403     403    200     302
admin.change_contact      POST      403       403    403     403    404     302
admin.settings            GET       403       403    403     403    200     302
admin.audit               GET       403       403    403     403    200     302
calendars.index           GET       403       403    403     403    302     302
calendars.show            GET       403       403    403     403    200     302
calendars.export          GET       403       403    403     403    200     302
calendars.preview         POST      403       403    403     403    200     302
calendars.save            POST      403       403    403     403    422     302
escalations.index         GET       403       403    403     403    403     302
monitoring.index          GET       403       403    403     200    403     302
admin.find_people         POST      403       403    403     403    200     302
admin.create_person       POST      403       403    403     403    404     302
admin.assign_position     POST      403       403    403     403    404     302
admin.end_position        POST      403       403    403     403    404     302
admin.change_setting      POST      403       403    403     403    404     302
admin.retry_job           POST      403       403    403     403    404     302
admin.verify_chain        POST      403       403    403     403    302     302
admin.reset_password      POST      403       403    403     403    404     302
admin.deactivate_person   POST      403       403    403     403    404     302
admin.reactivate_person   POST      403       403    403     403    404     302

beside its steps: sent to read, supervised, held, done in batches, stood in for
case_acts.urge            POST      404      404      404      404      403      302
case_acts.supervise       POST      403      403      403      403      403      302
case_acts.lift            POST      403      403      403      403      403      302
case_acts.suspend         POST      403      403      403      403      302      302
case_acts.resume          POST      403      403      403      403      302      302
case_acts.terminate       POST      403      403      403      403      302      302
case_acts.send            GET       200      404      200      200      403      302
case_acts.send_post       POST      422      404      422      422      403      302
circulations.index        GET       200      200      200      200      403      302
circulations.confirm      POST      404      404      404      404      403      302
circulations.supervised   GET       403      403      403      403      403      302
batches.bulk              POST      302      302      302      302      403      302
batches.form              GET       422      422      422      422      403      302
batches.refresh           POST      422      422      422      422      403      302
batches.confirm           POST      422      422      422      422      403      302
batches.complete          POST      422      422      422      422      403      302
batches.transfer          GET       422      422      422      422      403      302
batches.transfer_post     POST      422      422      422      422      403      302
substitutions.own         GET       200      200      200      200      200      302
substitutions.appoint     POST      422      422      422      422      422      302
substitutions.revoke      POST      404      404      404      404      404      302
substitutions.manage      GET       403      403      403      403      200      302
substitutions.appoint_for POST      403      403      403      403      422      302
substitutions.revoke_for  POST      403      403      403      403      404      302
api.urge_task             POST      201      404      422      201      403      401
api.supervise_case        POST      403      403      403      403      403      401
api.lift_supervision      DELETE    403      403      403      403      403      401
api.copy_case             POST      415      415      415      415      403      401
api.circulate_case        POST      415      415      415      415      403      401
api.list_circulations     GET       200      200      200      200      403      401
api.confirm_circulation   POST      415      415      415      415      403      401
api.list_appointments     GET       200      200      200      200      403      401
api.suspend_case          POST      403      403      403      403      415      401
api.resume_case           POST      403      403      403      403      409      401
api.terminate_case        POST      403      403      403      403      415      401
api.list_substitutions    GET       200      200      200      200      200      401
api.show_substitution     GET       404      404      404      404      404      401
api.create_substitution   POST      415      415      415      415      415      401
api.revoke_substitution   DELETE    404      404      404      404      404      401
api.complete_batch        POST      415      415      415      415      403      401

the verbs of the step of the police
verbs.ask                 GET       404      404      200      404      403      302
verbs.do                  POST      404      404      422      404      403      302
api.show_task_verbs       GET       404      404      200      404      403      401
api.claim_task            POST      404      404      200      404      403      401
api.release_task          POST      404      404      200      404      403      401
api.transfer_task         POST      404      404      409      404      403      401
api.delegate_task         POST      404      404      409      404      403      401
api.add_task_signers      POST      404      404      409      404      403      401
api.call_task_vote        POST      404      404      409      404      403      401
api.sign_task             POST      404      404      409      404      403      401
api.decline_task          POST      404      404      404      404      403      401
api.hand_task_back        POST      404      404      409      404      403      401
api.return_task           POST      404      404      409      404      403      401
api.recall_task           POST      404      404      404      404      403      401
api.take_task_back        POST      404      404      409      404      403      401
api.withdraw_task_seat    POST      404      404      404      404      403      401

what one is told
notifications.index       GET       200      200      200      200      200      302
notifications.mark_read   POST      302      302      302      302      302      302
notifications.choices     GET       200      200      200      200      200      302
notifications.choose      POST      302      302      302      302      302      302

operations
notifications.webhooks_page     GET   403      403      403      403      200      302
notifications.register_webhook  POST  403      403      403      403      422      302
notifications.stop_webhook      POST  403      403      403      403      404      302
operations.index          GET       403      403      403      403      200      302
operations.find_case      GET       403      403      403      403      302      302
operations.tokens         GET       403      403      403      403      200      302
operations.preview        POST      403      403      403      403      422      302
operations.move           POST      403      403      403      403      409      302
operations.retry          POST      403      403      403      403      404      302
operations.skip           POST      403      403      403      403      302      302
operations.reassign       GET       403      403      403      403      200      302
operations.reassign       POST      403      403      403      403      404      302
operations.send_message   POST      403      403      403      403      302      302
operations.heat           GET       403      403      403      403      200      302
operations.diagram        GET       403      403      403      403      200      302
operations.migrations     GET       403      403      403      403      200      302
operations.plan_migration POST      403      403      403      403      404      302
operations.migration      GET       403      403      403      403      404      302
operations.start_migration POST     403      403      403      403      302      302
operations.undo_migration POST      403      403      403      403      302      302

the life of a paper: of the township's own report
documents.deliver         POST      422      404      422      422      403      302
documents.keep_proof      POST      404      404      403      403      403      302
documents.correct         POST      403      403      403      403      403      302
documents.revoke          POST      403      403      403      403      403      302
register.index            GET       403      403      403      403      403      302
register.export           POST      403      403      403      403      403      302
evidence.export           POST      403      403      403      403      403      302
api.show_document_life    GET       200      404      200      200      403      401
api.deliver_document      POST      415      415      415      415      403      401
api.correct_document      POST      403      403      403      403      403      401
api.revoke_document       POST      403      403      403      403      403      401
api.export_evidence       POST      403      403      403      403      403      401

listed markets
markets.show              GET       200      200      200      200      403      302
markets.choose            GET       200      200      403      404      403      302
markets.start_for_all     POST      404      404      403      404      403      302

figures from platforms: a clerk's token is not one of a platform
api.report_figures        POST      403      403      403      403      403      401

operations by API
api.list_incidents        GET       403      403      403      403      200      401
api.list_messages         GET       403      403      403      403      200      401
api.list_migrations       GET       403      403      403      403      200      401
api.list_timers           GET       403      403      403      403      200      401
api.list_tokens           GET       403      403      403      403      200      401
api.list_versions         GET       403      403      403      403      200      401
api.move_token            POST      403      403      403      403      415      401
api.plan_migration        POST      403      403      403      403      415      401
api.preview_move          POST      403      403      403      403      415      401
api.reassign_tasks        POST      403      403      403      403      415      401
api.retry_incident        POST      403      403      403      403      404      401
api.send_message          POST      403      403      403      403      415      401
api.show_migration        GET       403      403      403      403      404      401
api.skip_incident         POST      403      403      403      403      415      401
api.start_migration       POST      403      403      403      403      404      401
api.undo_migration        POST      403      403      403      403      404      401

the studio: whoever edits has the right, and nobody finds another's draft
studio.index              GET       403       403    403    403     200    302
studio.create             POST      403       403    403    403     422    302
studio.show               GET       403       403    403    403     404    302
studio.findings           GET       403       403    403    403     404    302
studio.export             GET       403       403    403    403     404    302
studio.export_release     GET       403       403    403    403     404    302
studio_review.changes      GET       403       403    403    403     404    302
studio_review.drawing      GET       403       403    403    403     404    302
studio_review.source       GET       403       403    403    403     404    302
studio_review.impact       GET       403       403    403    403     404    302
studio_jurisdictions.ask   GET       403       403    403    403     200    302
studio_jurisdictions.begin POST      403       403    403    403     422    302
studio.submit             POST      403       403    403    403     404    302
studio.withdraw           POST      403       403    403    403     404    302
studio.take_up            POST      403       403    403    403     404    302
studio.abandon            POST      403       403    403    403     404    302
studio.give_back          POST      403       403    403    403     403    302
studio.approve            POST      403       403    403    403     403    302
studio.roll_back          POST      403       403    403    403     403    302
studio.cancel_plan        POST      403       403    403    403     403    302
studio_files.editor       GET       403       403    403    403     404    302
studio_files.save         PUT       403       403    403    403     404    302
studio_files.save_typed   POST      403       403    403    403     404    302
studio_files.hold         POST      403       403    403    403     404    302
studio_files.check        POST      403       403    403    403     404    302
studio_files.quote        POST      403       403    403    403     422    302
studio_files.create       POST      403       403    403    403     302    302
studio_files.rename       POST      403       403    403    403     302    302
studio_files.delete       POST      403       403    403    403     302    302
studio_editing.vocabulary GET       403       403    403    403     404    302
studio_editing.layout     POST      403       403    403    403     404    302
studio_editing.expression POST      403       403    403    403     404    302
studio_editing.tables     POST      403       403    403    403     404    302
studio_editing.preview    POST      403       403    403    403     404    302
studio_files.history      GET       403       403    403    403     404    302
studio_files.revision     GET       403       403    403    403     404    302
studio_files.restore      POST      403       403    403    403     302    302
studio_sandbox.show       GET       403       403    403    403     404    302
studio_sandbox.begin      POST      403       403    403    403     404    302
studio_sandbox.again      POST      403       403    403    403     404    302
studio_sandbox.end        POST      403       403    403    403     404    302
studio_sandbox.submit     POST      403       403    403    403     404    302
studio_sandbox.refresh    POST      403       403    403    403     404    302
studio_sandbox.fill       POST      403       403    403    403     404    302
studio_sandbox_acts.send_back POST      403       403    403    403     404    302
studio_sandbox_acts.sign POST      403       403    403    403     404    302
studio_sandbox_acts.ask POST      403       403    403    403     404    302
studio_sandbox_acts.take_back POST      403       403    403    403     404    302
studio_sandbox.upload     POST      403       403    403    403     404    302
studio_sandbox.wait       POST      403       403    403    403     404    302
studio_sandbox.message    POST      403       403    403    403     404    302
studio_sandbox.follow     POST      403       403    403    403     404    302
studio_sandbox.keep       POST      403       403    403    403     404    302
studio_sandbox.paper      GET       403       403    403    403     404    302
studio_sandbox.attachment GET       403       403    403    403     404    302
studio_sandbox.diagram    GET       403       403    403    403     404    302
studio_trying.scenarios   GET       403       403    403    403     404    302
studio_trying.what_if     GET       403       403    403    403     404    302

last, for they change what the others look at
cases.withdraw            POST      302       404    403     403    403     302
api.withdraw_case         POST      409       404    403     403    403     401
auth.sign_out             POST      302       302    302     302    302     302
"""

ROWS = [
    (endpoint, method, dict(zip(PEOPLE, statuses.split(), strict=True)))
    for endpoint, method, statuses in re.findall(
        r"^([a-z_.]+) +(GET|POST|PUT|DELETE) +([\d ]+)$", TABLE, re.MULTILINE
    )
]
BODIES = {
    "api.start_case": {"json": {"process": "recognition"}},
    "api.complete_task": {"json": {"revision": 99, "data": {}}},
    "api.withdraw_case": {"json": {"reason": "重新选址"}},
    "studio_files.save": {"json": {"text": "", "revision": 0}},
    "cases.withdraw": {"data": {"reason": "重新选址"}},
}
NOTHING = "018f3a3e-0000-7000-8000-000000000000"
SOMEBODY = {"person_id": NOTHING, "position_id": NOTHING}
VERBS = {
    "claim_task": {},
    "release_task": {},
    "recall_task": {},
    "take_task_back": {},
    "withdraw_task_seat": {},
    "transfer_task": SOMEBODY | {"reason": "转办", "revision": 99},
    "delegate_task": SOMEBODY | {"revision": 99},
    "add_task_signers": {"role": "before", "people": [SOMEBODY], "revision": 99},
    "call_task_vote": {"rule": "all", "people": [SOMEBODY], "revision": 99},
    "sign_task": {"agrees": True, "revision": 99},
    "decline_task": {"reason": "不便办理"},
    "hand_task_back": {"data": {}, "revision": 99},
    "return_task": {"target_id": NOTHING, "reason": "退回", "revision": 99},
    "urge_task": {},
}
BODIES |= {f"api.{verb}": {"json": body} for verb, body in VERBS.items()}
"""Whole requests, so that what answers is who asks, not what is missing."""
