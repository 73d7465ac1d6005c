"""The registered kinds of deeds. A service can only record a kind that is named here."""

from enum import StrEnum


class Action(StrEnum):
    SIGNED_IN = "account.signed_in"
    SIGNED_OUT = "account.signed_out"
    SIGN_IN_FAILED = "account.sign_in_failed"
    ACCOUNT_CREATED = "account.created"
    MAIL_SET = "account.mail_set"
    MEMBERSHIP_GRANTED = "account.membership_granted"
    REGION_SAVED = "region.saved"
    DEPARTMENT_SAVED = "department.saved"
    MATTER_SAVED = "matter.saved"
    CAUSE_SAVED = "cause.saved"
    SCHEME_SAVED = "scheme.saved"
    CALENDAR_ENTERED = "calendar.entered"
    CALENDAR_WITHDRAWN = "calendar.withdrawn"
    TAG_SAVED = "tag.saved"
    MATTER_MERGED = "matter.merged"
    MATTERS_IMPORTED = "matter.imported"
    TAG_MERGED = "tag.merged"
    WORD_DELETED = "word.deleted"
    PRECEDENT_RESORTED = "precedent.resorted"
    POLICY_CREATED = "policy.created"
    POLICY_VERSION_ADDED = "policy.version_added"
    CLAUSE_ADDED = "policy.clause_added"
    POLICY_RELATED = "policy.related"
    POLICY_VERSION_CLOSED = "policy.version_closed"
    STATUS_CONFIRMED = "policy.status_confirmed"
    STATUS_WITHDRAWN = "policy.status_withdrawn"
    POLICY_CHECKED = "policy.checked"
    POLICY_DRAFT_STARTED = "policy.draft_started"
    POLICY_DRAFT_SAVED = "policy.draft_saved"
    POLICY_DRAFT_DISCARDED = "policy.draft_discarded"
    PRECEDENT_CREATED = "precedent.created"
    PRECEDENTS_IMPORTED = "precedent.imported"
    IMPORT_STAGED = "precedent.import_staged"
    IMPORT_DONE = "precedent.import_done"
    IMPORT_DISCARDED = "precedent.import_discarded"
    IMPORT_EXPIRED = "precedent.import_expired"
    PRECEDENTS_EXPORTED = "precedent.exported"
    REVISION_STARTED = "precedent.revision_started"
    REVISION_SAVED = "precedent.revision_saved"
    REVISION_SUBMITTED = "precedent.revision_submitted"
    REVISION_RETURNED = "precedent.revision_returned"
    REVISION_APPROVED = "precedent.revision_approved"
    REVISION_REJECTED = "precedent.revision_rejected"
    REVISION_WITHDRAWN = "precedent.revision_withdrawn"
    SIBLING_KEPT = "precedent.sibling_kept"
    SIBLING_MERGED = "precedent.sibling_merged"
    SIBLING_CLOSED = "precedent.sibling_closed"
    SIBLING_PRUNED = "precedent.sibling_pruned"
    REVIEW_COMMENTED = "review.commented"
    REVIEW_ANSWERED = "review.answered"
    REVIEW_COMMENT_WITHDRAWN = "review.comment_withdrawn"
    CITATIONS_CHANGED = "precedent.citations_changed"
    CITATION_QUEUED = "citation.queued"
    CITATION_SETTLED = "citation.settled"
    PRECEDENT_DOUBTED = "precedent.doubted"
    PRECEDENT_VERIFIED = "precedent.verified"
    PRECEDENT_RETIRED = "precedent.retired"
    ATTACHMENT_ADDED = "precedent.attachment_added"
    ATTACHMENT_REMOVED = "precedent.attachment_removed"
    OVERRIDE_ASKED = "precedent.override_asked"
    OVERRIDE_DECIDED = "precedent.override_decided"
    PRECEDENT_WITHHELD = "precedent.withheld"
    PRECEDENT_RESTORED = "precedent.restored"
    TEXTS_BLANKED = "precedent.texts_blanked"
    TIER_SET = "precedent.tier_set"
    PRIVACY_SCANNED = "privacy.scanned"
    REUSE_RECORDED = "precedent.reuse_recorded"
    REUSE_UNDONE = "precedent.reuse_undone"
    POINT_WITHDRAWN = "precedent.point_withdrawn"
    REPORT_FILED = "report.filed"
    REPORT_TAKEN = "report.taken"
    REPORT_ANSWERED = "report.answered"
    REPORT_WITHDRAWN = "report.withdrawn"
    SYNONYMS_SAVED = "synonym.saved"
    SYNONYMS_SWITCHED = "synonym.switched"
    SYNONYMS_IMPORTED = "synonym.imported"
    RELEVANCE_SAVED = "relevance.saved"
    RELEVANCE_DELETED = "relevance.deleted"
    RELEVANCE_IMPORTED = "relevance.imported"
    GAP_FILED = "gap.filed"
    GAP_CLOSED = "gap.closed"
    GAP_TAKEN = "gap.taken"
    GAP_RELEASED = "gap.released"
    GAP_SORTED = "gap.sorted"
    GAP_JOINED = "gap.joined"
    GAP_PARTED = "gap.parted"
    GAP_DRAFTED = "gap.drafted"
    CONSULTATION_ASKED = "consultation.asked"
    CONSULTATION_ANSWERED = "consultation.answered"
    CONSULTATION_PASSED = "consultation.passed"
    CONSULTATION_LED = "consultation.led"
    CONSULTATION_CONCLUDED = "consultation.concluded"
    CONSULTATION_WITHDRAWN = "consultation.withdrawn"
    CONSULTATION_DRAFTED = "consultation.drafted"
    TICKET_REGISTERED = "ticket.registered"
    TICKETS_IMPORTED = "ticket.imported"
    TICKET_IMPORT_STAGED = "ticket.import_staged"
    TICKET_SAVED = "ticket.saved"
    TICKET_ENTRIES_SAVED = "ticket.entries_saved"
    TICKET_ANALYSED = "ticket.analysed"
    TICKET_EVALUATED = "ticket.evaluated"
    TICKET_SETTLED = "ticket.settled"
    TICKET_FED_BACK = "ticket.fed_back"
    TICKET_ARCHIVED = "ticket.archived"
    TICKET_TEXT_SHOWN = "ticket.text_shown"
    TICKET_DRAFTED = "ticket.drafted"
    TICKET_RESEALED = "ticket.resealed"
    TICKET_PRUNED = "ticket.pruned"
    TICKET_IMPORT_PRUNED = "ticket.import_pruned"
    CLIENT_CREATED = "client.created"
    CLIENT_SAVED = "client.saved"
    CLIENT_SWITCHED = "client.switched"
    TOKEN_ISSUED = "client.token_issued"  # noqa: S105
    TOKEN_ROTATED = "client.token_rotated"  # noqa: S105
    TOKEN_REVOKED = "client.token_revoked"  # noqa: S105
    TOKEN_REFUSED = "client.token_refused"  # noqa: S105
    HOOK_CREATED = "hook.created"
    HOOK_SAVED = "hook.saved"
    HOOK_SWITCHED = "hook.switched"
    HOOK_REKEYED = "hook.rekeyed"
    HOOK_TESTED = "hook.tested"
    HOOK_REPLAYED = "hook.replayed"
    FEED_ISSUED = "feed.issued"
    FEED_REVOKED = "feed.revoked"
    FOLDER_SAVED = "folder.saved"
    FOLDER_FILLED = "folder.filled"
    FOLDER_DELETED = "folder.deleted"
    FOLDER_HANDED_OVER = "folder.handed_over"
    TRAIL_CHECKED = "trail.checked"
    TRAIL_EXPORTED = "trail.exported"
    ASSISTANT_OPENED = "assistant.opened"
    OFFLINE_EXPORTED = "offline.exported"
    PACK_CREATED = "pack.created"
    PACK_SAVED = "pack.saved"
    PACK_ARRANGED = "pack.arranged"
    PACK_EDITORS_SET = "pack.editors_set"
    PACK_REVISED = "pack.revised"
    PACK_DISCARDED = "pack.discarded"
    PACK_SUBMITTED = "pack.submitted"
    PACK_WITHDRAWN = "pack.withdrawn"
    PACK_RETURNED = "pack.returned"
    PACK_PUBLISHED = "pack.published"
    PACK_ARCHIVED = "pack.archived"
    PACK_RESTORED = "pack.restored"
    PACK_ADOPTED = "pack.adopted"
    PACK_EXPORTED = "pack.exported"
    QUESTION_SAVED = "question.saved"
    QUESTION_SWITCHED = "question.switched"
    TRAINING_ASSIGNED = "training.assigned"
    TRAINING_UNASSIGNED = "training.unassigned"
    TRAINING_STARTED = "training.started"
    ATTEMPT_SUBMITTED = "training.attempt_submitted"
    ATTEMPT_MARKED = "training.attempt_marked"
    TRAINING_PASSED = "training.passed"
    SECTION_UNCLEAR = "training.section_unclear"


LABELS: dict[Action, str] = {
    Action.SIGNED_IN: "登录",
    Action.SIGNED_OUT: "退出",
    Action.SIGN_IN_FAILED: "登录失败",
    Action.ACCOUNT_CREATED: "新建账号",
    Action.MAIL_SET: "设置每日邮件",
    Action.MEMBERSHIP_GRANTED: "授予角色",
    Action.REGION_SAVED: "保存区划",
    Action.DEPARTMENT_SAVED: "保存部门",
    Action.MATTER_SAVED: "保存事项",
    Action.CAUSE_SAVED: "保存原因",
    Action.SCHEME_SAVED: "保存分类方案",
    Action.CALENDAR_ENTERED: "录入节假日",
    Action.CALENDAR_WITHDRAWN: "撤回录入的节假日",
    Action.TAG_SAVED: "保存标签",
    Action.MATTER_MERGED: "合并事项",
    Action.MATTERS_IMPORTED: "导入事项",
    Action.TAG_MERGED: "合并标签",
    Action.WORD_DELETED: "删除没人用的词条",
    Action.PRECEDENT_RESORTED: "随合并改归事项或标签",
    Action.POLICY_CREATED: "新建政策",
    Action.POLICY_VERSION_ADDED: "新增政策版本",
    Action.CLAUSE_ADDED: "新增条款",
    Action.POLICY_RELATED: "关联政策",
    Action.POLICY_VERSION_CLOSED: "写明政策版本的截止日",
    Action.STATUS_CONFIRMED: "确认政策时效",
    Action.STATUS_WITHDRAWN: "撤回政策时效",
    Action.POLICY_CHECKED: "核对政策的标题、文号、日期",
    Action.POLICY_DRAFT_STARTED: "开始录入政策文本",
    Action.POLICY_DRAFT_SAVED: "保存政策文本草稿",
    Action.POLICY_DRAFT_DISCARDED: "放弃政策文本草稿",
    Action.PRECEDENT_CREATED: "新建案例",
    Action.PRECEDENTS_IMPORTED: "批量导入案例",
    Action.IMPORT_STAGED: "上传案例文件预检",
    Action.IMPORT_DONE: "导入为草稿",
    Action.IMPORT_DISCARDED: "作废一次导入",
    Action.IMPORT_EXPIRED: "删除放满七天的导入",
    Action.PRECEDENTS_EXPORTED: "导出案例",
    Action.REVISION_STARTED: "开始修订",
    Action.REVISION_SAVED: "保存草稿",
    Action.REVISION_SUBMITTED: "提交审核",
    Action.REVISION_RETURNED: "退回修改",
    Action.REVISION_APPROVED: "审核通过并发布",
    Action.REVISION_REJECTED: "不予通过",
    Action.REVISION_WITHDRAWN: "撤回提交",
    Action.SIBLING_KEPT: "留下并存稿",
    Action.SIBLING_MERGED: "合并并存稿",
    Action.SIBLING_CLOSED: "收起并存稿",
    Action.SIBLING_PRUNED: "清理并存稿",
    Action.REVIEW_COMMENTED: "写审核批注",
    Action.REVIEW_ANSWERED: "答复审核批注",
    Action.REVIEW_COMMENT_WITHDRAWN: "收回审核批注",
    Action.CITATIONS_CHANGED: "改动引用",
    Action.CITATION_QUEUED: "记下没认出的引用",
    Action.CITATION_SETTLED: "处理没认出的引用",
    Action.PRECEDENT_DOUBTED: "标记待复核",
    Action.PRECEDENT_VERIFIED: "复核",
    Action.PRECEDENT_RETIRED: "出库",
    Action.ATTACHMENT_ADDED: "添加附件",
    Action.ATTACHMENT_REMOVED: "删除附件",
    Action.OVERRIDE_ASKED: "申请放行",
    Action.OVERRIDE_DECIDED: "决定放行",
    Action.PRECEDENT_WITHHELD: "紧急下架",
    Action.PRECEDENT_RESTORED: "恢复上架",
    Action.TEXTS_BLANKED: "抹去旧版文字",
    Action.TIER_SET: "评定典型",
    Action.PRIVACY_SCANNED: "重扫个人信息",
    Action.REUSE_RECORDED: "复用登记",
    Action.REUSE_UNDONE: "撤销复用登记",
    Action.POINT_WITHDRAWN: "撤回复核点",
    Action.REPORT_FILED: "报纠错",
    Action.REPORT_TAKEN: "开始处理纠错",
    Action.REPORT_ANSWERED: "答复纠错",
    Action.REPORT_WITHDRAWN: "撤销纠错",
    Action.SYNONYMS_SAVED: "保存同义词",
    Action.SYNONYMS_SWITCHED: "停用或启用同义词",
    Action.SYNONYMS_IMPORTED: "导入同义词",
    Action.RELEVANCE_SAVED: "保存检索考题",
    Action.RELEVANCE_DELETED: "删除检索考题",
    Action.RELEVANCE_IMPORTED: "导入检索考题",
    Action.GAP_FILED: "记知识缺口",
    Action.GAP_CLOSED: "处理知识缺口",
    Action.GAP_TAKEN: "认领知识缺口",
    Action.GAP_RELEASED: "放手知识缺口",
    Action.GAP_SORTED: "给知识缺口选事项",
    Action.GAP_JOINED: "合并知识缺口",
    Action.GAP_PARTED: "拆开知识缺口",
    Action.GAP_DRAFTED: "从知识缺口起草",
    Action.CONSULTATION_ASKED: "提请会商",
    Action.CONSULTATION_ANSWERED: "答复会商",
    Action.CONSULTATION_PASSED: "会商中说明不归本部门",
    Action.CONSULTATION_LED: "改会商的牵头部门",
    Action.CONSULTATION_CONCLUDED: "写会商结论",
    Action.CONSULTATION_WITHDRAWN: "撤回会商",
    Action.CONSULTATION_DRAFTED: "从会商起草",
    Action.TICKET_REGISTERED: "登记工单",
    Action.TICKETS_IMPORTED: "导入工单",
    Action.TICKET_IMPORT_STAGED: "预览工单导入",
    Action.TICKET_SAVED: "修改工单",
    Action.TICKET_ENTRIES_SAVED: "记工单经过",
    Action.TICKET_ANALYSED: "工单分析研判",
    Action.TICKET_EVALUATED: "工单跟踪评估",
    Action.TICKET_SETTLED: "记工单办结",
    Action.TICKET_FED_BACK: "记工单反馈",
    Action.TICKET_ARCHIVED: "工单备案归档",
    Action.TICKET_TEXT_SHOWN: "查看工单原文",
    Action.TICKET_DRAFTED: "从工单生成草稿",
    Action.TICKET_RESEALED: "换密钥重封工单",
    Action.TICKET_PRUNED: "按期删除工单内容",
    Action.TICKET_IMPORT_PRUNED: "删除过期的工单导入",
    Action.CLIENT_CREATED: "登记对接系统",
    Action.CLIENT_SAVED: "修改对接系统",
    Action.CLIENT_SWITCHED: "停用或启用对接系统",
    Action.TOKEN_ISSUED: "发放令牌",
    Action.TOKEN_ROTATED: "更换令牌",
    Action.TOKEN_REVOKED: "吊销令牌",
    Action.TOKEN_REFUSED: "令牌调用被拒",
    Action.HOOK_CREATED: "登记推送地址",
    Action.HOOK_SAVED: "修改推送地址",
    Action.HOOK_SWITCHED: "停止或恢复推送",
    Action.HOOK_REKEYED: "换推送签名密钥",
    Action.HOOK_TESTED: "试送一条推送",
    Action.HOOK_REPLAYED: "重送推送",
    Action.FEED_ISSUED: "发放订阅地址",
    Action.FEED_REVOKED: "作废订阅地址",
    Action.FOLDER_SAVED: "保存共享资料夹",
    Action.FOLDER_FILLED: "改共享资料夹的内容",
    Action.FOLDER_DELETED: "删除共享资料夹",
    Action.FOLDER_HANDED_OVER: "移交共享资料夹",
    Action.TRAIL_CHECKED: "核对审计记录",
    Action.TRAIL_EXPORTED: "导出审计记录",
    Action.ASSISTANT_OPENED: "接入智能助手",
    Action.OFFLINE_EXPORTED: "导出离线包",
    Action.PACK_CREATED: "新建培训包",
    Action.PACK_SAVED: "保存培训包",
    Action.PACK_ARRANGED: "改培训包的课",
    Action.PACK_EDITORS_SET: "改培训包的合编人",
    Action.PACK_REVISED: "开始修订培训包",
    Action.PACK_DISCARDED: "放弃培训包的修订",
    Action.PACK_SUBMITTED: "提交培训包审核",
    Action.PACK_WITHDRAWN: "撤回培训包提交",
    Action.PACK_RETURNED: "退回培训包",
    Action.PACK_PUBLISHED: "审核通过并发布培训包",
    Action.PACK_ARCHIVED: "归档培训包",
    Action.PACK_RESTORED: "恢复培训包",
    Action.PACK_ADOPTED: "课改用案例新版",
    Action.PACK_EXPORTED: "导出讲义",
    Action.QUESTION_SAVED: "保存题目",
    Action.QUESTION_SWITCHED: "停用或启用题目",
    Action.TRAINING_ASSIGNED: "布置培训",
    Action.TRAINING_UNASSIGNED: "撤回布置",
    Action.TRAINING_STARTED: "开始学习",
    Action.ATTEMPT_SUBMITTED: "交卷",
    Action.ATTEMPT_MARKED: "评分",
    Action.TRAINING_PASSED: "培训合格",
    Action.SECTION_UNCLEAR: "多数人答错，标为说不清",
}
