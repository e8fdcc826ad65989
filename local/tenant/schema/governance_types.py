"""The complex types of identity governance. What Privileged Identity Management has too is in `pim`."""

from local.tenant.schema.notation import types

COMPLEX = types(
    {
        # entitlement management
        "resourceAttribute": """
            name string?
            isEditable bool?
            isPersistedOnAssignmentRemoval bool?""",
        "packageApprovalStage": """
            durationBeforeAutomaticDenial string?
            isApproverJustificationRequired bool?
            isEscalationEnabled bool?
            durationBeforeEscalation string?
            primaryApprovers subjectSet[] set
            fallbackPrimaryApprovers subjectSet[] set
            escalationApprovers subjectSet[] set
            fallbackEscalationApprovers subjectSet[] set""",
        "packageApprovalSettings": """
            isApprovalRequiredForAdd bool?
            isApprovalRequiredForUpdate bool?
            isRequestorJustificationRequired bool?
            stages packageApprovalStage[]""",
        "packageRequestorSettings": """
            enableTargetsToSelfAddAccess bool?
            enableTargetsToSelfUpdateAccess bool?
            enableTargetsToSelfRemoveAccess bool?
            allowCustomAssignmentSchedule bool?
            enableOnBehalfRequestorsToAddAccess bool?
            enableOnBehalfRequestorsToUpdateAccess bool?
            enableOnBehalfRequestorsToRemoveAccess bool?
            onBehalfRequestors subjectSet[] set""",
        "packageReviewSettings": """
            isEnabled bool?
            expirationBehavior string?
            isRecommendationEnabled bool?
            isReviewerJustificationRequired bool?
            isSelfReview bool?
            schedule requestSchedule?
            primaryReviewers subjectSet[] set
            fallbackReviewers subjectSet[] set""",
        "automaticRequestSettings": """
            requestAccessForAllowedTargets bool?
            removeAccessWhenTargetLeavesAllowedTargets bool?
            gracePeriodBeforeAccessRemoval string?""",
        "packageNotificationSettings": "isAssignmentNotificationDisabled bool?",
        "localizedText": """
            languageCode string?
            text string?""",
        "answerChoice": """
            actualValue string?
            text string?
            localizations localizedText[] set""",
        "identitySource": """
            tenantId string?
            domainName string?
            displayName string?""",
        "extensionEndpoint": """
            subscriptionId string?
            resourceGroupName string?
            logicAppWorkflowName string?
            url string?""",
        "extensionAuthentication": "resourceId string?",
        "extensionClient": """
            maximumRetries int?
            timeoutInMilliseconds int?""",
        "extensionCallback": "timeoutDuration string?",
        # access reviews
        "reviewScope": """
            query string?
            queryType string?
            queryRoot string?
            principalScopes reviewScope[] set
            resourceScopes reviewScope[] set""",
        "accessReviewerScope": """
            query string?
            queryType string?
            queryRoot string?""",
        "reviewNotification": """
            notificationTemplateType string?
            notificationRecipientScope accessReviewerScope?""",
        "applyAction": "",
        "reviewStage": """
            stageId string?
            dependsOn string[]
            durationInDays int?
            recommendationsEnabled bool?
            decisionsThatWillMoveToNextStage string[] set
            reviewers accessReviewerScope[] set
            fallbackReviewers accessReviewerScope[] set""",
        "reviewSettings": """
            mailNotificationsEnabled bool?
            reminderNotificationsEnabled bool?
            justificationRequiredOnApproval bool?
            defaultDecisionEnabled bool?
            defaultDecision string?
            instanceDurationInDays int?
            autoApplyDecisionsEnabled bool?
            recommendationsEnabled bool?
            recommendationLookBackDuration string?
            decisionHistoriesForReviewersEnabled bool?
            recurrence patternedRecurrence?
            applyActions applyAction[] set""",
        "userIdentity": """
            id string?
            displayName string?
            userPrincipalName string?
            mail string?
            type string?
            ipAddress string?""",
        # lifecycle workflows
        "workflowScope": """
            rule string?""",
        "workflowTrigger": """
            timeBasedAttribute string?
            offsetInDays int?""",
        "executionConditions": """
            scope workflowScope?
            trigger workflowTrigger?""",
        "taskArgument": """
            name string?
            value string?""",
        "workflowTask": """
            id string ro
            category string?
            continueOnError bool?
            description string?
            displayName string
            executionSequence int?
            isEnabled bool?
            taskDefinitionId string
            arguments taskArgument[] set""",
        "userStub": "id string?",
        "emailSettings": """
            senderDomain string?
            useCompanyBranding bool?""",
        # terms of use, consent requests
        "termsExpiration": """
            startDateTime datetime?
            frequency string?""",
        "consentScope": "displayName string?",
        "consentRequestor": "user userIdentity?",
    }
)
