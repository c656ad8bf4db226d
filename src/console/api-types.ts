// Made from the OpenAPI document: "npm run api-types". A spec fails where it is of another time.
export interface paths {
    "/admin/accounts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["listAccounts"];
        put?: never;
        post: operations["createAccount"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/accounts/{auth_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        delete: operations["deleteAccount"];
        options?: never;
        head?: never;
        patch: operations["changeAccount"];
        trace?: never;
    };
    "/admin/accounts/{auth_id}/import": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["importSessions"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/accounts/{auth_id}/plivo-token": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put: operations["changePlivoToken"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/accounts/{auth_id}/settings": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["getAccountSettings"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch: operations["changeAccountSettings"];
        trace?: never;
    };
    "/admin/accounts/{auth_id}/spend": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["getSpend"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/accounts/{auth_id}/subaccounts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["addSubaccount"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/accounts/{auth_id}/subaccounts/{subaccount}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch: operations["changeSubaccount"];
        trace?: never;
    };
    "/admin/accounts/{auth_id}/tokens": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["listTokens"];
        put?: never;
        post: operations["issueToken"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/accounts/{auth_id}/tokens/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        delete: operations["revokeToken"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/audit": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["listAudit"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/callbacks": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["listCallbacks"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/callbacks/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["getCallback"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/callbacks/{id}/replay": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["replayCallback"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/callbacks/count": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["countCallbacks"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/callbacks/listen": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["listenToCallbacks"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/callbacks/replay": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["replayCallbacks"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/calls": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["listMaskedCalls"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/calls/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["getMaskedCall"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["streamEvents"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/invoices/compare": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["compareInvoice"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/jobs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["listJobs"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/jobs/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["getJob"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/jobs/{id}/retry": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["retryJob"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/login": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["logIn"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/logout": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["logOut"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/me": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["getMe"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/messages": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["listTexts"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/messages/{id}/text": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["readTextWords"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/numbers": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["listPool"];
        put?: never;
        post: operations["addNumber"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/numbers/{number}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["getPoolNumber"];
        put?: never;
        post?: never;
        delete: operations["removeNumber"];
        options?: never;
        head?: never;
        patch: operations["changeNumber"];
        trace?: never;
    };
    "/admin/numbers/import": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["importNumbers"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/numbers/sync": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["syncNumbers"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/operators": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["listOperators"];
        put?: never;
        post: operations["addOperator"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/operators/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        delete: operations["removeOperator"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/operators/{id}/rotate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["rotateOperator"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/opt-outs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["listOptOuts"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/opt-outs/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["getOptOut"];
        put?: never;
        post?: never;
        delete: operations["removeOptOut"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/people/{number}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        delete: operations["erasePersonByNumber"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/people/erase": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["erasePerson"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/people/erasures/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["getErasure"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/people/export": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["exportPerson"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/people/find": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["findPerson"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/pool": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["getPool"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/pool/forecast": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["forecastPool"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/pool/health": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["getNumberHealth"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/pool/plan": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["planPool"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/receivers": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["listReceivers"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/receivers/{id}/resume": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["resumeReceiver"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/recordings": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["listKeptRecordings"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/recordings/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["getKeptRecording"];
        put?: never;
        post?: never;
        delete: operations["deleteKeptRecording"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/recordings/{id}/sound": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["getRecordingSound"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head: operations["headRecordingSound"];
        patch?: never;
        trace?: never;
    };
    "/admin/route": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["explainRoute"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/search": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["searchAll"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/sessions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["searchSessions"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/sessions/{uuid}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["getSessionTimeline"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/sessions/{uuid}/end": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["endSession"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/sessions/{uuid}/extend": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["extendSession"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/sessions/count": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["countSessions"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/stats": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["getStats"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/stats/outcomes": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["getOutcomes"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/stats/recount": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["getRecount"];
        put?: never;
        post: operations["startRecount"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/subscriptions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["listSubscriptions"];
        put?: never;
        post: operations["addSubscription"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/subscriptions/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        delete: operations["removeSubscription"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/subscriptions/{id}/test": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["testSubscription"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/system": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["getSystem"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/webhooks/refused": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["listRefusedWebhooks"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        Account: {
            auth_id: string;
            /** Format: date-time */
            created_at: string;
            name: string;
            plivo_auth_id: string;
            retention_days: number | null;
            /** @enum {string} */
            status: "active" | "disabled";
            subaccounts: {
                auth_id: string;
                /** Format: date-time */
                created_at: string;
                has_plivo_token: boolean;
                messaging_default: boolean | null;
                name: string;
            }[];
        };
        AccountChange: {
            name?: string;
            retention_days?: number | null;
            /** @enum {string} */
            status?: "active" | "disabled";
        };
        Accounts: {
            items: components["schemas"]["Account"][];
            next_cursor: string | null;
        };
        AccountSettings: {
            allowed_countries: string[] | "own" | null;
            daily_destinations: number;
            daily_requested_calls: number;
            daily_spend_cap: string | null;
            default_country: string | null;
            language: string;
            max_rate_per_message: string | null;
            max_rate_per_minute: string | null;
            message_fee: string;
            messaging_default: boolean;
            messaging_media: boolean;
            minute_fee: string;
            recording_retention_days: number;
            refusals: {
                busy?: string;
                "daily-cap"?: string;
                destination?: string;
                expired?: string;
                locked?: string;
                "no-other-party"?: string;
                "spend-cap"?: string;
                stranger?: string;
                trouble?: string;
                unreadable?: string;
                wait?: string;
                withheld?: string;
                "wrong-pin"?: string;
            };
            session_fee: string;
            text_in_callbacks: boolean;
            text_languages: string[];
            text_notices: {
                expired?: string;
                failed?: string;
                help?: string;
                "media-dropped"?: string;
                "not-enabled"?: string;
                "recipient-opted-out"?: string;
                started?: string;
                stopped?: string;
                stranger?: string;
            };
            text_redaction: ("numbers" | "mails" | "links")[];
            text_retention_days: number;
            /** @enum {string} */
            texts: "on" | "off";
            unrouted_url: string | null;
        };
        AccountSettingsChange: {
            allowed_countries?: string[] | "own" | null;
            daily_destinations?: number | null;
            daily_requested_calls?: number | null;
            daily_spend_cap?: string | null;
            /** @enum {string|null} */
            default_country?: "AC" | "AD" | "AE" | "AF" | "AG" | "AI" | "AL" | "AM" | "AO" | "AR" | "AS" | "AT" | "AU" | "AW" | "AX" | "AZ" | "BA" | "BB" | "BD" | "BE" | "BF" | "BG" | "BH" | "BI" | "BJ" | "BL" | "BM" | "BN" | "BO" | "BQ" | "BR" | "BS" | "BT" | "BW" | "BY" | "BZ" | "CA" | "CC" | "CD" | "CF" | "CG" | "CH" | "CI" | "CK" | "CL" | "CM" | "CN" | "CO" | "CR" | "CU" | "CV" | "CW" | "CX" | "CY" | "CZ" | "DE" | "DJ" | "DK" | "DM" | "DO" | "DZ" | "EC" | "EE" | "EG" | "EH" | "ER" | "ES" | "ET" | "FI" | "FJ" | "FK" | "FM" | "FO" | "FR" | "GA" | "GB" | "GD" | "GE" | "GF" | "GG" | "GH" | "GI" | "GL" | "GM" | "GN" | "GP" | "GQ" | "GR" | "GT" | "GU" | "GW" | "GY" | "HK" | "HN" | "HR" | "HT" | "HU" | "ID" | "IE" | "IL" | "IM" | "IN" | "IO" | "IQ" | "IR" | "IS" | "IT" | "JE" | "JM" | "JO" | "JP" | "KE" | "KG" | "KH" | "KI" | "KM" | "KN" | "KP" | "KR" | "KW" | "KY" | "KZ" | "LA" | "LB" | "LC" | "LI" | "LK" | "LR" | "LS" | "LT" | "LU" | "LV" | "LY" | "MA" | "MC" | "MD" | "ME" | "MF" | "MG" | "MH" | "MK" | "ML" | "MM" | "MN" | "MO" | "MP" | "MQ" | "MR" | "MS" | "MT" | "MU" | "MV" | "MW" | "MX" | "MY" | "MZ" | "NA" | "NC" | "NE" | "NF" | "NG" | "NI" | "NL" | "NO" | "NP" | "NR" | "NU" | "NZ" | "OM" | "PA" | "PE" | "PF" | "PG" | "PH" | "PK" | "PL" | "PM" | "PR" | "PS" | "PT" | "PW" | "PY" | "QA" | "RE" | "RO" | "RS" | "RU" | "RW" | "SA" | "SB" | "SC" | "SD" | "SE" | "SG" | "SH" | "SI" | "SJ" | "SK" | "SL" | "SM" | "SN" | "SO" | "SR" | "SS" | "ST" | "SV" | "SX" | "SY" | "SZ" | "TA" | "TC" | "TD" | "TG" | "TH" | "TJ" | "TK" | "TL" | "TM" | "TN" | "TO" | "TR" | "TT" | "TV" | "TW" | "TZ" | "UA" | "UG" | "US" | "UY" | "UZ" | "VA" | "VC" | "VE" | "VG" | "VI" | "VN" | "VU" | "WF" | "WS" | "XK" | "YE" | "YT" | "ZA" | "ZM" | "ZW" | null;
            language?: string;
            max_rate_per_message?: string | null;
            max_rate_per_minute?: string | null;
            message_fee?: string;
            messaging_default?: boolean;
            messaging_media?: boolean;
            minute_fee?: string;
            recording_retention_days?: number;
            refusals?: {
                busy?: string | null;
                "daily-cap"?: string | null;
                destination?: string | null;
                expired?: string | null;
                locked?: string | null;
                "no-other-party"?: string | null;
                "spend-cap"?: string | null;
                stranger?: string | null;
                trouble?: string | null;
                unreadable?: string | null;
                wait?: string | null;
                withheld?: string | null;
                "wrong-pin"?: string | null;
            };
            session_fee?: string;
            text_in_callbacks?: boolean;
            text_languages?: ("en" | "ar" | "de" | "es" | "fr" | "hi" | "it" | "ja" | "nl" | "pl" | "pt" | "ru" | "zh")[];
            text_notices?: {
                expired?: string | null;
                failed?: string | null;
                help?: string | null;
                "media-dropped"?: string | null;
                "not-enabled"?: string | null;
                "recipient-opted-out"?: string | null;
                started?: string | null;
                stopped?: string | null;
                stranger?: string | null;
            };
            text_redaction?: ("numbers" | "mails" | "links")[];
            text_retention_days?: number;
            /** @enum {string} */
            texts?: "on" | "off";
            unrouted_url?: string | null;
        };
        AddedSubscription: {
            account: string | null;
            /** Format: date-time */
            created_at: string;
            events: ("pool.low" | "pin.attack" | "receiver.paused" | "spend.cap" | "webhooks.refused" | "job.parked" | "plivo.unreachable" | "recount.different")[];
            /** Format: uuid */
            id: string;
            /** Format: date-time */
            last_attempt_at: string | null;
            last_outcome: string | null;
            secret: string;
            url: string;
        };
        AdminInteraction: {
            call_billed_duration: number;
            duration: number;
            /** Format: date-time */
            end_time: string | null;
            first_party_resource_url: string | null;
            first_party_status?: string;
            recording_resource_url: string | null;
            second_party_resource_url: string | null;
            second_party_status?: string;
            /** Format: date-time */
            start_time: string | null;
            total_call_amount: string;
            total_call_count: number;
            /** @enum {string} */
            type: "call";
        };
        AdminSession: {
            account: string;
            amount: string;
            call_time_limit: number;
            /** @enum {string} */
            callback_method: "GET" | "POST";
            callback_url: string;
            create_session_with_single_party: boolean | null;
            /** Format: date-time */
            created_time: string;
            /** @enum {string} */
            currency: "USD";
            duration: number;
            /** Format: date-time */
            expiry_time: string | null;
            first_party: string | null;
            first_party_play_url: string;
            force_pin_authentication: boolean;
            generate_pin: boolean | null;
            generate_pin_length: number | null;
            incorrect_pin_play: string | null;
            initiate_call_to_first_party: boolean;
            interaction: components["schemas"]["AdminInteraction"][] | null;
            is_pin_authentication_required: boolean;
            /** Format: date-time */
            last_interaction_time: string | null;
            /** Format: date-time */
            last_message_time?: string | null;
            /** @enum {string} */
            message_callback_method?: "GET" | "POST";
            message_callback_url?: string;
            messaging?: boolean;
            messaging_blocked?: ("first_party" | "second_party")[];
            /** Format: date-time */
            modified_time: string;
            pin_prompt_play: string | null;
            pin_retry: number | null;
            pin_retry_wait: number | null;
            record: boolean;
            /** @enum {string} */
            record_file_format: "mp3" | "wav";
            /** @enum {string} */
            recording_callback_method: "GET" | "POST";
            recording_callback_url: string;
            ring_timeout: number;
            second_party: string | null;
            second_party_play_url: string;
            session_expiry: number;
            /** Format: uuid */
            session_uuid: string;
            /** @enum {string} */
            status: "active" | "in-progress" | "expired";
            subaccount?: string;
            total_call_amount: string;
            total_call_billed_duration: number;
            total_call_count: number;
            total_message_amount?: string;
            total_message_count?: number;
            total_message_units?: number;
            total_session_amount: string;
            unknown_caller_play: string;
            virtual_number: string | null;
            virtual_number_cooloff_period: number;
        };
        AdminSessions: {
            items: components["schemas"]["AdminSession"][];
            next_cursor: string | null;
        };
        AdminSessionWithTimeline: {
            account: string;
            amount: string;
            call_time_limit: number;
            /** @enum {string} */
            callback_method: "GET" | "POST";
            callback_url: string;
            create_session_with_single_party: boolean | null;
            /** Format: date-time */
            created_time: string;
            /** @enum {string} */
            currency: "USD";
            duration: number;
            /** Format: date-time */
            expiry_time: string | null;
            first_party: string | null;
            first_party_play_url: string;
            force_pin_authentication: boolean;
            generate_pin: boolean | null;
            generate_pin_length: number | null;
            incorrect_pin_play: string | null;
            initiate_call_to_first_party: boolean;
            interaction: components["schemas"]["AdminInteraction"][] | null;
            is_pin_authentication_required: boolean;
            /** Format: date-time */
            last_interaction_time: string | null;
            /** Format: date-time */
            last_message_time?: string | null;
            /** @enum {string} */
            message_callback_method?: "GET" | "POST";
            message_callback_url?: string;
            messaging?: boolean;
            messaging_blocked?: ("first_party" | "second_party")[];
            /** Format: date-time */
            modified_time: string;
            pin_prompt_play: string | null;
            pin_retry: number | null;
            pin_retry_wait: number | null;
            record: boolean;
            /** @enum {string} */
            record_file_format: "mp3" | "wav";
            /** @enum {string} */
            recording_callback_method: "GET" | "POST";
            recording_callback_url: string;
            renewals: number;
            ring_timeout: number;
            second_party: string | null;
            second_party_play_url: string;
            session_expiry: number;
            /** Format: uuid */
            session_uuid: string;
            /** @enum {string} */
            status: "active" | "in-progress" | "expired";
            subaccount?: string;
            timeline: components["schemas"]["TimelineEntry"][];
            total_call_amount: string;
            total_call_billed_duration: number;
            total_call_count: number;
            total_message_amount?: string;
            total_message_count?: number;
            total_message_units?: number;
            total_session_amount: string;
            unknown_caller_play: string;
            virtual_number: string | null;
            virtual_number_cooloff_period: number;
        };
        AdminText: {
            account: string;
            amount: string;
            /** @enum {string} */
            currency: "USD";
            error_code: number | null;
            fees: string;
            has_text: boolean;
            /** Format: uuid */
            id: string;
            media_count: number;
            media_sent: number;
            message_uuid: string;
            parts: number;
            provider_amount: string;
            reason: string | null;
            /** Format: date-time */
            received_at: string | null;
            recipient: string | null;
            sender: string | null;
            /** @enum {string|null} */
            sender_role: "first" | "second" | null;
            /** Format: uuid */
            session_uuid: string | null;
            /** @enum {string} */
            state: "waiting" | "refused" | "heard" | "pending" | "unknown" | "unconfirmed" | "rejected" | "accepted" | "sent" | "delivered" | "undelivered" | "failed";
            units: number;
            /** Format: date-time */
            updated_at: string | null;
            virtual_number: string | null;
        };
        AdminTexts: {
            items: components["schemas"]["AdminText"][];
            next_cursor: string | null;
        };
        AuditEntries: {
            items: components["schemas"]["AuditEntry"][];
            next_cursor: string | null;
        };
        AuditEntry: {
            action: string;
            actor: string;
            /** Format: date-time */
            at: string;
            details: {
                [key: string]: unknown;
            };
            /** Format: uuid */
            id: string;
            request_id: string;
            target: string;
        };
        Call: {
            account: string;
            amount: string | null;
            /** Format: uuid */
            call_id: string;
            caller: string | null;
            /** @enum {string} */
            currency: "USD";
            /** @enum {string} */
            decision: "connect" | "ask-pin" | "play" | "refuse" | "redirect";
            dialled: string | null;
            /** @enum {string} */
            direction: "inbound" | "requested";
            /** Format: date-time */
            ended_at: string | null;
            fees: string | null;
            /** @enum {string} */
            kind: "inbound" | "request";
            legs: {
                /** Format: date-time */
                answered_at: string | null;
                billed_seconds: number | null;
                call_uuid: string;
                cause: string | null;
                cause_code: number | null;
                cost: string | null;
                duration_seconds: number | null;
                /** Format: date-time */
                ended_at: string | null;
                /** @enum {string|null} */
                role: "first" | "second" | null;
                /** @enum {string} */
                side: "A" | "B";
                /** Format: date-time */
                started_at: string | null;
                status: string;
            }[];
            /** @enum {string|null} */
            outcome: "connected" | "no-answer" | "busy" | "declined" | "failed" | "abandoned" | "refused" | null;
            provider_amount: string | null;
            reason: string | null;
            /** Format: uuid */
            session_uuid: string | null;
            /** Format: date-time */
            started_at: string;
            virtual_number: string | null;
        };
        Callback: {
            account: string;
            attempts: {
                /** Format: date-time */
                at: string;
                duration_ms: number;
                error: string | null;
                number: number;
                response_body?: string | null;
                status: number | null;
            }[];
            /** Format: uuid */
            call_id: string | null;
            /** Format: date-time */
            created_at: string;
            event: string;
            /** Format: uuid */
            id: string;
            /** @enum {string} */
            method: "GET" | "POST";
            /** Format: date-time */
            next_attempt_at: string | null;
            outcome: string | null;
            sequence_number: number;
            /** Format: uuid */
            session_uuid: string;
            /** Format: date-time */
            settled_at: string | null;
            /** @enum {string} */
            status: "pending" | "delivered" | "parked";
            /** @enum {string} */
            stream: "status" | "recording" | "message";
        };
        Callbacks: {
            items: components["schemas"]["Callback"][];
            next_cursor: string | null;
        };
        CallList: {
            /** Format: uuid */
            api_id: string;
            meta: components["schemas"]["ListMeta"];
            objects: components["schemas"]["CallResource"][];
            warnings?: string[];
        };
        CallResource: {
            answer_time: string | null;
            bill_duration: number;
            billed_duration: number;
            /** @enum {string} */
            call_direction: "inbound" | "outbound";
            call_duration: number;
            call_state: string;
            call_uuid: string;
            cnam_lookup: string;
            conference_uuid: null;
            end_time: string | null;
            from_number: string;
            hangup_cause_code: number | null;
            hangup_cause_name: string | null;
            hangup_source: string | null;
            initiation_time: string | null;
            parent_call_uuid: string | null;
            resource_uri: string;
            source_ip: string;
            stir_attestation: string;
            stir_verification: string;
            to_number: string;
            total_amount: string;
            total_rate: string;
            voice_network_group: string;
        };
        Calls: {
            items: components["schemas"]["Call"][];
            next_cursor: string | null;
        };
        ChangedAccount: {
            auth_id: string;
            name: string;
            retention_days: number | null;
            /** @enum {string} */
            status: "active" | "disabled";
        };
        ChangedSubaccount: {
            account: string;
            auth_id: string;
            messaging_default: boolean | null;
            name: string;
        };
        CountedCallbacks: {
            callbacks: number;
        };
        CountedSessions: {
            is_all: boolean;
            sessions: number;
        };
        CountryForecast: {
            country: string;
            full_on: string | null;
            numbers: number;
            peaks: {
                day: string;
                numbers_needed: number;
            }[];
            reason: string;
            subaccount: string | null;
        };
        CreatedSession: {
            /** Format: uuid */
            api_id: string;
            call_time_limit: number | string;
            callback_url: string;
            created_time: string;
            expiry_time: string;
            first_party: string;
            first_party_play_url: string;
            initiate_call_to_first_party: boolean | string;
            interaction: (components["schemas"]["Interaction"][] | null) | string;
            last_interaction_time: string;
            /** @enum {string} */
            message: "Session created";
            modified_time: string;
            record: boolean | string;
            /** @enum {string|null} */
            record_file_format: "mp3" | "wav" | null;
            recording_callback_url: string;
            ring_timeout: number | string;
            second_party: string;
            second_party_play_url: string;
            session: components["schemas"]["Session"];
            session_expiry: number | string;
            /** Format: uuid */
            session_uuid: string;
            /** @enum {string} */
            status: "active" | "in-progress" | "expired";
            total_call_amount: number | string;
            total_call_billed_duration: number | string;
            total_call_count: number | string;
            virtual_number: string;
            warnings?: string[];
        };
        CreateSessionDto: {
            call_time_limit?: number;
            /** @enum {string} */
            callback_method?: "GET" | "POST";
            callback_url?: string;
            create_session_with_single_party?: boolean;
            first_party?: string;
            first_party_pin?: string;
            first_party_play_url?: string;
            force_pin_authentication?: boolean;
            generate_pin?: boolean;
            generate_pin_length?: number;
            geomatch?: boolean;
            incorrect_pin_play?: string;
            initiate_call_to_first_party?: boolean;
            is_pin_authentication_required?: boolean;
            /** @enum {string} */
            message_callback_method?: "GET" | "POST";
            message_callback_url?: string;
            messaging?: boolean;
            pin_prompt_play?: string;
            pin_retry?: number;
            pin_retry_wait?: number;
            record?: boolean;
            /** @enum {string} */
            record_file_format?: "mp3" | "wav";
            /** @enum {string} */
            recording_callback_method?: "GET" | "POST";
            recording_callback_url?: string;
            ring_timeout?: number;
            second_party?: string;
            second_party_pin?: string;
            second_party_play_url?: string;
            session_expiry?: number;
            subaccount?: string;
            unknown_caller_play?: string;
            virtual_number_cooloff_period?: number;
        } | unknown | unknown | unknown;
        DeletedRecording: {
            /** Format: uuid */
            recording_id: string;
            /** @enum {string} */
            status: "recording" | "fetching" | "ready" | "failed" | "deleting" | "deleted";
        };
        EndedSession: {
            /** Format: uuid */
            api_id: string;
            /** @enum {string} */
            message: "Session expired";
        };
        Erasure: {
            /** Format: date-time */
            asked_at: string;
            erased: components["schemas"]["PersonCounts"];
            /** Format: uuid */
            erasure_id: string;
            /** Format: date-time */
            finished_at: string | null;
            found: components["schemas"]["PersonCounts"];
            /** @enum {string} */
            status: "running" | "done" | "failed";
            waiting: components["schemas"]["ErasureWaits"] | null;
        };
        ErasureWaits: {
            callbacks: number;
            calls: number;
            recordings: number;
        };
        ExportedCall: {
            account: string;
            /** Format: uuid */
            call_id: string;
            callbacks: components["schemas"]["ExportedCallback"][];
            caller: string | null;
            /** @enum {string} */
            decision: "connect" | "ask-pin" | "play" | "refuse" | "redirect";
            dialled: string | null;
            /** @enum {string} */
            direction: "inbound" | "requested";
            /** Format: date-time */
            ended_at: string | null;
            /** @enum {string} */
            kind: "inbound" | "request";
            legs: {
                /** Format: date-time */
                answered_at: string | null;
                billed_seconds: number | null;
                call_uuid: string;
                cause: string | null;
                cause_code: number | null;
                cost: string | null;
                duration_seconds: number | null;
                /** Format: date-time */
                ended_at: string | null;
                /** @enum {string|null} */
                role: "first" | "second" | null;
                /** @enum {string} */
                side: "A" | "B";
                /** Format: date-time */
                started_at: string | null;
                status: string;
            }[];
            /** @enum {string|null} */
            outcome: "connected" | "no-answer" | "busy" | "declined" | "failed" | "abandoned" | "refused" | null;
            /** @enum {string} */
            person: "called" | "was called";
            reason: string | null;
            /** Format: uuid */
            session_uuid: string | null;
            /** Format: date-time */
            started_at: string;
            virtual_number: string | null;
        };
        ExportedCallback: {
            /** Format: date-time */
            at: string;
            event: string;
            parameters: {
                [key: string]: unknown;
            };
            /** @enum {string} */
            status: "pending" | "delivered" | "parked";
            url: string;
        };
        ExportedNotice: {
            /** Format: date-time */
            at: string;
            /** @enum {string} */
            occasion: "stranger" | "expired" | "not-enabled" | "media-dropped" | "recipient-opted-out" | "failed" | "stopped" | "started" | "help";
            state: string;
            units: number | null;
            virtual_number: string | null;
        };
        ExportedRecording: {
            account: string;
            bytes: number | null;
            /** Format: uuid */
            call_id: string;
            /** Format: date-time */
            created_at: string | null;
            /** Format: date-time */
            deleted_at: string | null;
            duration_seconds: number | null;
            /** Format: date-time */
            ended_at: string | null;
            fetch: string;
            /** @enum {string} */
            format: "mp3" | "wav";
            /** Format: date-time */
            ready_at: string | null;
            /** @enum {string|null} */
            reason: "missing" | "address" | "media" | "store" | null;
            /** Format: uuid */
            recording_id: string;
            recording_url: string | null;
            /** Format: uuid */
            session_uuid: string;
            /** Format: date-time */
            started_at: string | null;
            /** @enum {string} */
            status: "recording" | "fetching" | "ready" | "failed" | "deleting" | "deleted";
            subaccount: string | null;
        };
        ExportedSession: {
            account: string;
            amount: string;
            call_time_limit: number;
            /** @enum {string} */
            callback_method: "GET" | "POST";
            callback_url: string;
            callbacks: components["schemas"]["ExportedCallback"][];
            calls: {
                account: string;
                /** Format: uuid */
                call_id: string;
                caller: string | null;
                /** @enum {string} */
                decision: "connect" | "ask-pin" | "play" | "refuse" | "redirect";
                dialled: string | null;
                /** @enum {string} */
                direction: "inbound" | "requested";
                /** Format: date-time */
                ended_at: string | null;
                /** @enum {string} */
                kind: "inbound" | "request";
                legs: {
                    /** Format: date-time */
                    answered_at: string | null;
                    billed_seconds: number | null;
                    call_uuid: string;
                    cause: string | null;
                    cause_code: number | null;
                    cost: string | null;
                    duration_seconds: number | null;
                    /** Format: date-time */
                    ended_at: string | null;
                    /** @enum {string|null} */
                    role: "first" | "second" | null;
                    /** @enum {string} */
                    side: "A" | "B";
                    /** Format: date-time */
                    started_at: string | null;
                    status: string;
                }[];
                /** @enum {string|null} */
                outcome: "connected" | "no-answer" | "busy" | "declined" | "failed" | "abandoned" | "refused" | null;
                reason: string | null;
                /** Format: uuid */
                session_uuid: string | null;
                /** Format: date-time */
                started_at: string;
                virtual_number: string | null;
            }[];
            create_session_with_single_party: boolean | null;
            /** Format: date-time */
            created_time: string;
            /** @enum {string} */
            currency: "USD";
            duration: number;
            /** Format: date-time */
            expiry_time: string | null;
            first_party: string | null;
            first_party_play_url: string;
            force_pin_authentication: boolean;
            generate_pin: boolean | null;
            generate_pin_length: number | null;
            incorrect_pin_play: string | null;
            initiate_call_to_first_party: boolean;
            interaction: components["schemas"]["AdminInteraction"][] | null;
            is_pin_authentication_required: boolean;
            kept_for_days_after_its_end: number;
            /** Format: date-time */
            kept_until: string | null;
            /** Format: date-time */
            last_interaction_time: string | null;
            /** Format: date-time */
            last_message_time?: string | null;
            /** @enum {string} */
            message_callback_method?: "GET" | "POST";
            message_callback_url?: string;
            messaging?: boolean;
            messaging_blocked?: ("first_party" | "second_party")[];
            /** Format: date-time */
            modified_time: string;
            pin_prompt_play: string | null;
            pin_retry: number | null;
            pin_retry_wait: number | null;
            record: boolean;
            /** @enum {string} */
            record_file_format: "mp3" | "wav";
            /** @enum {string} */
            recording_callback_method: "GET" | "POST";
            recording_callback_url: string;
            recordings: components["schemas"]["ExportedRecording"][];
            ring_timeout: number;
            second_party: string | null;
            second_party_play_url: string;
            session_expiry: number;
            /** Format: uuid */
            session_uuid: string;
            /** @enum {string} */
            status: "active" | "in-progress" | "expired";
            subaccount?: string;
            total_call_amount: string;
            total_call_billed_duration: number;
            total_call_count: number;
            total_message_amount?: string;
            total_message_count?: number;
            total_message_units?: number;
            total_session_amount: string;
            unknown_caller_play: string;
            virtual_number: string | null;
            virtual_number_cooloff_period: number;
        };
        ExportedText: {
            account: string;
            amount: string;
            /** @enum {string} */
            currency: "USD";
            error_code: number | null;
            fees: string;
            has_text: boolean;
            /** Format: uuid */
            id: string;
            media_count: number;
            media_sent: number;
            message_uuid: string;
            parts: number;
            /** @enum {string} */
            person: "wrote" | "was sent" | "was not sent";
            pictures: {
                /** @enum {string} */
                at_plivo: "there" | "gone" | "kept";
                bytes: number | null;
                /** Format: date-time */
                came_at: string | null;
                /** @enum {string|null} */
                format: "jpg" | "png" | "gif" | "mp4" | "3gp" | null;
                /** Format: date-time */
                kept_until: string | null;
                /** @enum {string|null} */
                reason: "address" | "missing" | "too-big" | "type" | "store" | null;
                /** @enum {string} */
                status: "fetching" | "ready" | "dropped" | "deleting" | "deleted";
            }[];
            provider_amount: string;
            reason: string | null;
            /** Format: date-time */
            received_at: string | null;
            recipient: string | null;
            sender: string | null;
            /** @enum {string|null} */
            sender_role: "first" | "second" | null;
            /** Format: uuid */
            session_uuid: string | null;
            /** @enum {string} */
            state: "waiting" | "refused" | "heard" | "pending" | "unknown" | "unconfirmed" | "rejected" | "accepted" | "sent" | "delivered" | "undelivered" | "failed";
            text: string | null;
            units: number;
            /** Format: date-time */
            updated_at: string | null;
            virtual_number: string | null;
        };
        ExportedTraces: {
            account: string;
            calls_being_placed: number;
            days_counted_as_dialled: number;
            text_words: {
                /** @enum {string} */
                said: "stop" | "start";
                /** Format: date-time */
                said_at: string;
                /** @enum {string} */
                source: "plivo" | "word" | "refusal";
                virtual_number: string | null;
            }[];
            virtual_numbers: {
                /** Format: date-time */
                kept_from_others_until: string;
                virtual_number: string | null;
            }[];
            wrong_pins_counted: number;
        };
        Findings: {
            calls: components["schemas"]["FoundCall"][];
            numbers: components["schemas"]["FoundNumber"][];
            people: {
                account: string;
                calls: number;
                /** Format: date-time */
                last_seen: string;
                number: string | null;
                sessions: number;
            }[];
            read_as: string;
            sessions: components["schemas"]["AdminSession"][];
        };
        FoundCall: {
            account: string;
            /** Format: uuid */
            call_id: string;
            caller: string | null;
            /** @enum {string} */
            decision: "connect" | "ask-pin" | "play" | "refuse" | "redirect";
            dialled: string | null;
            /** @enum {string} */
            direction: "inbound" | "requested";
            /** Format: date-time */
            ended_at: string | null;
            /** @enum {string} */
            kind: "inbound" | "request";
            legs: {
                /** Format: date-time */
                answered_at: string | null;
                billed_seconds: number | null;
                call_uuid: string;
                cause: string | null;
                cause_code: number | null;
                cost: string | null;
                duration_seconds: number | null;
                /** Format: date-time */
                ended_at: string | null;
                /** @enum {string|null} */
                role: "first" | "second" | null;
                /** @enum {string} */
                side: "A" | "B";
                /** Format: date-time */
                started_at: string | null;
                status: string;
            }[];
            /** @enum {string|null} */
            outcome: "connected" | "no-answer" | "busy" | "declined" | "failed" | "abandoned" | "refused" | null;
            reason: string | null;
            /** Format: uuid */
            session_uuid: string | null;
            /** Format: date-time */
            started_at: string;
            virtual_number: string | null;
        };
        FoundNumber: {
            account: string;
            alias: string;
            application: string | null;
            country: string;
            /** Format: date-time */
            last_used_at: string | null;
            /** @enum {string|null} */
            leads_to: "here" | "hangup-missing" | "fallback-elsewhere" | "hangup-elsewhere" | "method-refused" | "elsewhere" | "application-unknown" | "no-application" | null;
            live_parties: number | null;
            live_sessions: number | null;
            /** @enum {string} */
            status: "active" | "draining" | "retired" | "elsewhere";
            subaccount: string | null;
            subaccount_known: boolean | null;
            /** @enum {string|null} */
            texts: "yes" | "unregistered" | "elsewhere" | "no" | null;
            virtual_number: string;
        };
        FoundSession: {
            /** Format: uuid */
            api_id: string;
            call_time_limit: number | string;
            callback_url: string;
            created_time: string;
            expiry_time: string;
            first_party: string;
            first_party_play_url: string;
            initiate_call_to_first_party: boolean | string;
            interaction: (components["schemas"]["Interaction"][] | null) | string;
            last_interaction_time: string;
            /** @enum {string} */
            message: "Session details";
            modified_time: string;
            record: boolean | string;
            /** @enum {string|null} */
            record_file_format: "mp3" | "wav" | null;
            recording_callback_url: string;
            response: components["schemas"]["Session"];
            ring_timeout: number | string;
            second_party: string;
            second_party_play_url: string;
            session_expiry: number | string;
            /** Format: uuid */
            session_uuid: string;
            /** @enum {string} */
            status: "active" | "in-progress" | "expired";
            total_call_amount: number | string;
            total_call_billed_duration: number | string;
            total_call_count: number | string;
            virtual_number: string;
        };
        ImportedNumbers: {
            added: number;
            unchanged: number;
        };
        ImportedSessions: {
            dry_run: boolean;
            imported: number;
            skipped: number;
            unchanged: number;
            warnings?: string[];
        };
        Interaction: {
            call_billed_duration: number;
            duration: number;
            end_time: string;
            first_party_resource_url: string | null;
            first_party_status?: string;
            recording_resource_url: string | null;
            second_party_resource_url: string | null;
            second_party_status?: string;
            start_time: string;
            total_call_amount: number;
            total_call_count: number;
            /** @enum {string} */
            type: "call";
        };
        InvoiceComparison: {
            account: string;
            before_retention: {
                amount: string;
                billed_seconds?: number;
                legs: number;
                units?: number;
            };
            /** @enum {string} */
            currency: "USD";
            difference: {
                amount: string;
                billed_seconds?: number;
                legs: number;
                units?: number;
            };
            different: {
                amount: string;
                billed_seconds?: number;
                items: {
                    call_uuid?: string;
                    here: {
                        amount?: string;
                        billed_duration?: number;
                        duration?: number;
                        units?: number;
                    };
                    message_uuid?: string;
                    row: number;
                    there: {
                        amount?: string;
                        billed_duration?: number;
                        duration?: number;
                        units?: number;
                    };
                }[];
                legs: number;
                units?: number;
            };
            duplicates: {
                amount: string;
                billed_seconds?: number;
                items: {
                    call_uuid?: string;
                    message_uuid?: string;
                    row: number;
                }[];
                legs: number;
                units?: number;
            };
            equal: number;
            here: {
                amount: string;
                billed_seconds?: number;
                legs: number;
                units?: number;
            };
            /** @enum {string} */
            kind: "calls" | "messages";
            missing_here: {
                amount: string;
                billed_seconds?: number;
                items: {
                    amount?: string;
                    billed_duration?: number;
                    call_uuid?: string;
                    duration?: number;
                    message_uuid?: string;
                    row: number;
                    units?: number;
                }[];
                legs: number;
                units?: number;
            };
            missing_there: {
                amount: string;
                billed_seconds?: number;
                items: {
                    amount?: string;
                    billed_duration?: number;
                    call_uuid?: string;
                    duration?: number;
                    message_uuid?: string;
                    units?: number;
                }[];
                legs: number;
                units?: number;
            };
            month: string;
            outside_month: number;
            there: {
                amount: string;
                billed_seconds?: number;
                legs: number;
                units?: number;
            };
            time_zone: string;
        };
        Job: {
            attempts: number;
            /** Format: date-time */
            created_at: string;
            /** Format: uuid */
            id: string;
            kind: string;
            last_error: string | null;
            /** Format: date-time */
            lease_ends_at: string | null;
            /** Format: date-time */
            next_run_at: string | null;
            /** Format: date-time */
            parked_at: string | null;
            /** @enum {string} */
            status: "waiting" | "running" | "parked";
        };
        Jobs: {
            items: components["schemas"]["Job"][];
            next_cursor: string | null;
        };
        KeptRecording: {
            account: string;
            bytes: number | null;
            /** Format: uuid */
            call_id: string;
            /** Format: date-time */
            created_at: string | null;
            /** Format: date-time */
            deleted_at: string | null;
            duration_seconds: number | null;
            /** Format: date-time */
            ended_at: string | null;
            /** @enum {string} */
            format: "mp3" | "wav";
            /** Format: date-time */
            ready_at: string | null;
            /** @enum {string|null} */
            reason: "missing" | "address" | "media" | "store" | null;
            /** Format: uuid */
            recording_id: string;
            recording_url: string | null;
            /** Format: uuid */
            session_uuid: string;
            /** Format: date-time */
            started_at: string | null;
            /** @enum {string} */
            status: "recording" | "fetching" | "ready" | "failed" | "deleting" | "deleted";
            subaccount: string | null;
        };
        KeptRecordings: {
            items: components["schemas"]["KeptRecording"][];
            next_cursor: string | null;
        };
        KeptText: {
            /** Format: uuid */
            api_id: string;
            message_uuid: string;
            text: string;
        };
        ListedSession: {
            amount: number;
            call_time_limit: number;
            /** @enum {string} */
            callback_method: "GET" | "POST";
            callback_url: string;
            create_session_with_single_party: boolean | null;
            created_time: string;
            duration: number;
            expiry_time: string;
            first_party: string;
            first_party_pin: string | null;
            first_party_play_url: string;
            force_pin_authentication: boolean;
            generate_pin: boolean | null;
            generate_pin_length: number | null;
            incorrect_pin_play: string | null;
            initiate_call_to_first_party: boolean;
            interaction: components["schemas"]["Interaction"][] | null;
            is_pin_authentication_required: boolean;
            last_interaction_time: string;
            last_message_time?: string;
            /** @enum {string} */
            message_callback_method?: "GET" | "POST";
            message_callback_url?: string;
            messaging?: boolean;
            messaging_blocked?: ("first_party" | "second_party")[];
            modified_time: string;
            pin_prompt_play: string | null;
            pin_retry: number | null;
            pin_retry_wait: number | null;
            record: boolean;
            /** @enum {string} */
            record_file_format: "mp3" | "wav";
            /** @enum {string} */
            recording_callback_method: "GET" | "POST";
            recording_callback_url: string;
            resource_uri: string;
            ring_timeout: number;
            second_party: string;
            second_party_pin: string | null;
            second_party_play_url: string;
            session_expiry: number;
            /** Format: uuid */
            session_uuid: string;
            /** @enum {string} */
            status: "active" | "in-progress" | "expired";
            subaccount?: string;
            total_call_amount: number;
            total_call_billed_duration: number;
            total_call_count: number;
            total_message_amount?: number;
            total_message_count?: number;
            total_message_units?: number;
            total_session_amount: number;
            unknown_caller_play: string;
            virtual_number: string;
            virtual_number_cooloff_period: number;
        };
        ListMeta: {
            limit: number;
            next: string | null;
            offset: number;
            previous: string | null;
            total_count: number;
        };
        Live: {
            proof?: string;
            /** @enum {string} */
            status: "ok";
        };
        MaskingError: {
            /** Format: uuid */
            api_id: string;
            doc_url: string;
            error: string;
            error_code: string;
            numbers_needed?: number;
            param?: string;
        };
        Me: {
            is_number_shown: boolean;
            login: {
                /** Format: date-time */
                ends_at: string;
                /** Format: date-time */
                idle_ends_at: string;
            } | null;
            name: string;
            /** @enum {string} */
            role: "viewer" | "support" | "finance" | "admin";
        };
        NewAccount: {
            auth_id?: string | null;
            name: string;
            plivo_auth_id: string;
            plivo_auth_token: string;
        };
        NewAccountAnswer: {
            auth_id: string;
            auth_token: string;
            /** Format: date-time */
            created_at: string;
            name: string;
            plivo_auth_id: string;
        };
        NewNumber: {
            account: string;
            alias?: string;
            number: string;
            subaccount?: string | null;
        };
        NewOperator: {
            name: string;
            /** @enum {string} */
            role: "viewer" | "support" | "finance" | "admin";
        };
        NewOperatorAnswer: {
            id: string;
            name: string;
            /** @enum {string} */
            role: "viewer" | "support" | "finance" | "admin";
            token: string;
        };
        NewPlivoToken: {
            plivo_auth_token: string;
        };
        NewSubaccount: {
            auth_id?: string | null;
            name: string;
            plivo_auth_token?: string | null;
        };
        NewSubaccountAnswer: {
            account: string;
            auth_id: string;
            auth_token: string;
            /** Format: date-time */
            created_at: string;
            name: string;
        };
        NewSubscription: {
            account?: string;
            events: ("pool.low" | "pin.attack" | "receiver.paused" | "spend.cap" | "webhooks.refused" | "job.parked" | "plivo.unreachable" | "recount.different")[];
            url: string;
        };
        NewToken: {
            auth_token: string;
            /** Format: date-time */
            created_at: string;
            id: string;
        };
        NotReady: {
            away?: {
                /** Format: date-time */
                database: string | null;
                /** Format: date-time */
                plivo: string | null;
            };
            checks: {
                /** @enum {string} */
                database: "ok" | "unreachable";
                /** @enum {string} */
                draining: "ok" | "draining";
                /** @enum {string} */
                migrations: "ok" | "pending" | "unknown";
                /** @enum {string} */
                storage: "ok" | "full" | "read-only" | "unknown";
                /** @enum {string} */
                workers: "ok" | "none" | "unknown";
            };
            /** @enum {string} */
            code: "not_ready";
            detail: string;
            found?: {
                /** @enum {string} */
                name: "node" | "settings" | "data-folder" | "disk" | "database" | "database-version" | "database-settings" | "migrations" | "encryption-key" | "process" | "public-url" | "clock" | "plivo-credentials" | "signature" | "numbers" | "applications" | "application-urls" | "webhooks" | "worker" | "jobs" | "scheduler" | "callbacks" | "recordings";
                reason: string | null;
                /** @enum {string} */
                verdict: "ok" | "warning" | "failed" | "skipped";
            }[];
            /** Format: uuid */
            request_id: string;
            status: number;
            title: string;
            type: string;
        };
        NumberChange: {
            alias?: string;
            /** @enum {string} */
            status?: "active" | "draining" | "retired";
            subaccount?: string | null;
        };
        NumberHealth: {
            answer_rate: number | null;
            answered: number;
            /** @enum {string|null} */
            because: "answer-rate" | "short-calls" | null;
            calls: number;
            country: string;
            number: string;
            refusals: {
                [key: string]: number;
            };
            rests_on: {
                calls: number;
                others: number;
            };
            short_calls: number;
            subaccount: string | null;
            suspect: boolean | null;
        };
        NumberList: {
            /** Format: uuid */
            api_id: string;
            meta: components["schemas"]["ListMeta"];
            objects: components["schemas"]["NumberResource"][];
            warnings?: string[];
        };
        NumberResource: {
            active: boolean;
            added_on: string;
            alias: string;
            application: null;
            carrier: string;
            city: string;
            cnam_lookup: string;
            compliance_application_id: null;
            compliance_status: null;
            country: string;
            mms_enabled: boolean;
            mms_rate: string;
            monthly_rental_rate: string;
            number: string;
            /** @enum {string} */
            number_type: "local" | "mobile" | "tollfree";
            region: string;
            renewal_date: null;
            resource_uri: string;
            sms_enabled: boolean;
            sms_rate: string;
            sub_account: string | null;
            sub_account_name: string | null;
            tendlc_campaign_id: string | null;
            tendlc_registration_status: null;
            toll_free_sms_verification: null;
            toll_free_sms_verification_id: null;
            toll_free_sms_verification_order_status: null;
            voice_enabled: boolean;
            voice_rate: string;
        };
        NumbersHealth: {
            items: components["schemas"]["NumberHealth"][];
            next_cursor: string | null;
        };
        Operator: {
            /** Format: date-time */
            created_at: string | null;
            /** Format: date-time */
            former_token_until: string | null;
            id: string;
            /** Format: date-time */
            last_used_at: string | null;
            name: string;
            /** @enum {string} */
            role: "viewer" | "support" | "finance" | "admin";
        };
        Operators: {
            items: components["schemas"]["Operator"][];
            next_cursor: string | null;
        };
        OptOut: {
            account: string;
            campaign_id: string | null;
            /** Format: uuid */
            id: string;
            /** Format: date-time */
            noted_at: string;
            /** Format: date-time */
            said_at: string;
            /** @enum {string} */
            source: "plivo" | "word" | "refusal";
            virtual_number: string;
        };
        OptOuts: {
            items: components["schemas"]["OptOut"][];
            next_cursor: string | null;
        };
        OrderedErasure: {
            /** Format: uuid */
            erasure_id: string;
        };
        OutcomesByHour: {
            items: components["schemas"]["OutcomesOfHour"][];
            next_cursor: string | null;
        };
        OutcomesOfHour: {
            /** Format: date-time */
            hour: string;
            outcomes: {
                abandoned: number;
                busy: number;
                connected: number;
                declined: number;
                failed: number;
                "no-answer": number;
                refused: number;
            };
        };
        Person: {
            found: components["schemas"]["PersonCounts"];
            sessions: components["schemas"]["AdminSession"][];
        };
        PersonBody: {
            account?: string;
            number: string;
        };
        PersonCounts: {
            callbacks: number;
            calls: number;
            recordings: number;
            sessions: number;
            texts: number;
        };
        PersonExport: {
            accounts: string[];
            categories: {
                category: string;
                data: string;
                kept_until: string;
                purpose: string;
            }[];
            /** Format: date-time */
            exported_at: string;
            number: string;
            other_calls: components["schemas"]["ExportedCall"][];
            other_traces: components["schemas"]["ExportedTraces"][];
            sessions: components["schemas"]["ExportedSession"][];
            text_notices: components["schemas"]["ExportedNotice"][];
            texts: components["schemas"]["ExportedText"][];
        };
        Pool: {
            /** Format: date-time */
            as_of: string | null;
            items: components["schemas"]["PooledNumber"][];
            next_cursor: string | null;
        };
        PooledNumber: {
            account: string;
            alias: string;
            application: string | null;
            country: string;
            /** Format: date-time */
            last_used_at: string | null;
            /** @enum {string|null} */
            leads_to: "here" | "hangup-missing" | "fallback-elsewhere" | "hangup-elsewhere" | "method-refused" | "elsewhere" | "application-unknown" | "no-application" | null;
            live_parties: number | null;
            live_sessions: number | null;
            number: string;
            /** @enum {string} */
            status: "active" | "draining" | "retired" | "elsewhere";
            subaccount: string | null;
            subaccount_known: boolean | null;
            /** @enum {string|null} */
            texts: "yes" | "unregistered" | "elsewhere" | "no" | null;
        };
        PoolFigure: {
            account: string;
            available: number;
            country: string;
            headroom: number | null;
            live_sessions: number | null;
            max_sessions_first: number | null;
            max_sessions_second: number | null;
            numbers: number;
            numbers_needed: number | null;
            refusals_24h: number;
            subaccount: string | null;
        };
        PoolFigures: {
            /** Format: date-time */
            as_of: string | null;
            items: components["schemas"]["PoolFigure"][];
            next_cursor: string | null;
        };
        PoolForecast: {
            countries: components["schemas"]["CountryForecast"][];
        };
        PoolPlan: {
            country: string | null;
            first_max: number;
            numbers_missing: number | null;
            numbers_needed: number;
            present: components["schemas"]["PoolFigure"] | null;
            second_max: number;
        };
        Problem: {
            code: string;
            detail: string;
            live_sessions?: number;
            param?: string;
            refused?: components["schemas"]["RefusedSession"][];
            refused_rows?: number;
            /** Format: uuid */
            request_id: string;
            status: number;
            title: string;
            type: string;
        };
        QueuedCallbacks: {
            queued: number;
        };
        ReadAccount: {
            account_type: string;
            address: string;
            /** Format: uuid */
            api_id: string;
            auth_id: string;
            auto_recharge: boolean;
            billing_mode: string;
            cash_credits: string;
            city: string;
            name: string;
            resource_uri: string;
            state: string;
            timezone: string;
        };
        ReadCall: {
            answer_time: string | null;
            /** Format: uuid */
            api_id: string;
            bill_duration: number;
            billed_duration: number;
            /** @enum {string} */
            call_direction: "inbound" | "outbound";
            call_duration: number;
            call_state: string;
            call_uuid: string;
            cnam_lookup: string;
            conference_uuid: null;
            end_time: string | null;
            from_number: string;
            hangup_cause_code: number | null;
            hangup_cause_name: string | null;
            hangup_source: string | null;
            initiation_time: string | null;
            parent_call_uuid: string | null;
            resource_uri: string;
            source_ip: string;
            stir_attestation: string;
            stir_verification: string;
            to_number: string;
            total_amount: string;
            total_rate: string;
            voice_network_group: string;
        };
        ReadMessage: {
            /** Format: uuid */
            api_id: string;
            carrier_fees: string;
            carrier_fees_rate: string;
            error_code: string | null;
            from_number: string;
            /** @enum {string} */
            message_direction: "inbound" | "outbound";
            /** @enum {string} */
            message_state: "queued" | "sent" | "delivered" | "undelivered" | "failed";
            message_time: string;
            /** @enum {string} */
            message_type: "sms" | "mms";
            message_uuid: string;
            powerpack_id: null;
            replaced_sender: null;
            resource_uri: string;
            to_number: string;
            total_amount: string;
            total_rate: string;
            units: number;
        };
        ReadNumber: {
            active: boolean;
            added_on: string;
            alias: string;
            /** Format: uuid */
            api_id: string;
            application: null;
            carrier: string;
            city: string;
            cnam_lookup: string;
            compliance_application_id: null;
            compliance_status: null;
            country: string;
            mms_enabled: boolean;
            mms_rate: string;
            monthly_rental_rate: string;
            number: string;
            /** @enum {string} */
            number_type: "local" | "mobile" | "tollfree";
            region: string;
            renewal_date: null;
            resource_uri: string;
            sms_enabled: boolean;
            sms_rate: string;
            sub_account: string | null;
            sub_account_name: string | null;
            tendlc_campaign_id: string | null;
            tendlc_registration_status: null;
            toll_free_sms_verification: null;
            toll_free_sms_verification_id: null;
            toll_free_sms_verification_order_status: null;
            voice_enabled: boolean;
            voice_rate: string;
        };
        ReadRecording: {
            add_time: string;
            /** Format: uuid */
            api_id: string;
            call_uuid: string;
            conference_name: string;
            from_number: string;
            monthly_recording_storage_amount: number;
            recording_duration_ms: string | null;
            recording_end_ms: string | null;
            /** @enum {string} */
            recording_format: "mp3" | "wav";
            /** Format: uuid */
            recording_id: string;
            recording_start_ms: string | null;
            /** @enum {string} */
            recording_status: "recording" | "fetching" | "ready" | "failed";
            recording_storage_duration: number;
            recording_storage_rate: number;
            recording_type: string;
            recording_url: string | null;
            resource_uri: string;
            rounded_recording_duration: number | null;
            to_number: string;
        };
        Ready: {
            away?: {
                /** Format: date-time */
                database: string | null;
                /** Format: date-time */
                plivo: string | null;
            };
            checks: {
                /** @enum {string} */
                database: "ok" | "unreachable";
                /** @enum {string} */
                draining: "ok" | "draining";
                /** @enum {string} */
                migrations: "ok" | "pending" | "unknown";
                /** @enum {string} */
                storage: "ok" | "full" | "read-only" | "unknown";
                /** @enum {string} */
                workers: "ok" | "none" | "unknown";
            };
            found?: {
                /** @enum {string} */
                name: "node" | "settings" | "data-folder" | "disk" | "database" | "database-version" | "database-settings" | "migrations" | "encryption-key" | "process" | "public-url" | "clock" | "plivo-credentials" | "signature" | "numbers" | "applications" | "application-urls" | "webhooks" | "worker" | "jobs" | "scheduler" | "callbacks" | "recordings";
                reason: string | null;
                /** @enum {string} */
                verdict: "ok" | "warning" | "failed" | "skipped";
            }[];
            /** @enum {string} */
            status: "ok";
        };
        Receiver: {
            account: string;
            /** Format: date-time */
            failing_since: string;
            /** Format: uuid */
            id: string;
            /** Format: date-time */
            last_failed_at: string;
            origin: string;
            /** Format: date-time */
            paused_at: string | null;
            /** @enum {string} */
            status: "failing" | "paused";
        };
        Receivers: {
            items: components["schemas"]["Receiver"][];
            next_cursor: string | null;
        };
        RecordingList: {
            /** Format: uuid */
            api_id: string;
            meta: components["schemas"]["ListMeta"];
            objects: components["schemas"]["RecordingResource"][];
            warnings?: string[];
        };
        RecordingResource: {
            add_time: string;
            call_uuid: string;
            conference_name: string;
            from_number: string;
            monthly_recording_storage_amount: number;
            recording_duration_ms: string | null;
            recording_end_ms: string | null;
            /** @enum {string} */
            recording_format: "mp3" | "wav";
            /** Format: uuid */
            recording_id: string;
            recording_start_ms: string | null;
            /** @enum {string} */
            recording_status: "recording" | "fetching" | "ready" | "failed";
            recording_storage_duration: number;
            recording_storage_rate: number;
            recording_type: string;
            recording_url: string | null;
            resource_uri: string;
            rounded_recording_duration: number | null;
            to_number: string;
        };
        Recount: {
            last: components["schemas"]["RecountReport"] | null;
        };
        RecountReport: {
            amount: string;
            call_differences: number;
            calls: number;
            differences: number;
            /** Format: date-time */
            finished_at: string | null;
            message_amount: string;
            message_differences: number;
            messages: number;
            repaired: boolean;
            session_differences: number;
            /** Format: date-time */
            started_at: string | null;
            stats_amount: string;
            stats_calls: number;
            stats_message_amount: string;
            stats_messages: number;
            sum_differences: number;
        };
        RecountStarted: {
            queued: boolean;
            repair: boolean;
        };
        RefusedSession: {
            code: string;
            detail: string;
            index: number;
            param: string | null;
            /** Format: uuid */
            session_uuid: string | null;
        };
        RefusedWebhook: {
            account: string | null;
            /** Format: date-time */
            at: string;
            count: number;
            method: string;
            path: string;
            /** @enum {string} */
            reason: "no-signature" | "v2-only" | "wrong-signature" | "unknown-account" | "nonce-reused" | "repeated-parameter";
            signed_url: string;
        };
        RefusedWebhooks: {
            items: components["schemas"]["RefusedWebhook"][];
        };
        ReplayBody: {
            account?: string;
            session?: string;
            since?: string;
            /** @enum {string} */
            status?: "pending" | "delivered" | "parked";
            until?: string;
        };
        ResumedReceiver: {
            /** Format: uuid */
            id: string;
            /** @enum {string} */
            status: "active";
        };
        RetriedJob: {
            /** Format: uuid */
            id: string;
            /** @enum {string} */
            status: "waiting";
        };
        RotatedOperator: {
            /** Format: date-time */
            former_token_until: string | null;
            id: string;
            name: string;
            /** @enum {string} */
            role: "viewer" | "support" | "finance" | "admin";
            token: string;
        };
        Rotation: {
            overlap_seconds?: number;
        };
        Route: {
            /** @enum {string} */
            decision: "connect" | "ask-pin" | "play" | "refuse" | "redirect";
            dial: string | null;
            read: {
                caller: string;
                virtual_number: string;
            };
            reason: string;
            /** Format: uuid */
            session_uuid: string | null;
        };
        SentTest: {
            id: string;
            /** @enum {string} */
            type: "subscription.test";
        };
        Session: {
            amount: number;
            call_time_limit: number;
            /** @enum {string} */
            callback_method: "GET" | "POST";
            callback_url: string;
            create_session_with_single_party: boolean | null;
            created_time: string;
            duration: number;
            expiry_time: string;
            first_party: string;
            first_party_pin: string | null;
            first_party_play_url: string;
            force_pin_authentication: boolean;
            generate_pin: boolean | null;
            generate_pin_length: number | null;
            incorrect_pin_play: string | null;
            initiate_call_to_first_party: boolean;
            interaction: components["schemas"]["Interaction"][] | null;
            is_pin_authentication_required: boolean;
            last_interaction_time: string;
            last_message_time?: string;
            /** @enum {string} */
            message_callback_method?: "GET" | "POST";
            message_callback_url?: string;
            messaging?: boolean;
            messaging_blocked?: ("first_party" | "second_party")[];
            modified_time: string;
            pin_prompt_play: string | null;
            pin_retry: number | null;
            pin_retry_wait: number | null;
            record: boolean;
            /** @enum {string} */
            record_file_format: "mp3" | "wav";
            /** @enum {string} */
            recording_callback_method: "GET" | "POST";
            recording_callback_url: string;
            ring_timeout: number;
            second_party: string;
            second_party_pin: string | null;
            second_party_play_url: string;
            session_expiry: number;
            /** Format: uuid */
            session_uuid: string;
            /** @enum {string} */
            status: "active" | "in-progress" | "expired";
            subaccount?: string;
            total_call_amount: number;
            total_call_billed_duration: number;
            total_call_count: number;
            total_message_amount?: number;
            total_message_count?: number;
            total_message_units?: number;
            total_session_amount: number;
            unknown_caller_play: string;
            virtual_number: string;
            virtual_number_cooloff_period: number;
        };
        SessionExtension: {
            session_expiry: number;
        };
        SessionList: {
            /** Format: uuid */
            api_id: string;
            /** @enum {string} */
            message: "Session list";
            response: {
                meta: components["schemas"]["ListMeta"];
                objects: components["schemas"]["ListedSession"][];
            };
            warnings?: string[];
        };
        ShownToken: {
            token: string;
        };
        Spend: {
            cap_reached: boolean;
            daily_destinations: number;
            daily_requested_calls: number;
            daily_spend_cap: string | null;
            day: string;
            destinations: number;
            requested_calls: number;
            reserved: string | null;
            spent: string | null;
        };
        Stats: {
            items: components["schemas"]["StatsRow"][];
            next_cursor: string | null;
        };
        StatsRow: {
            account?: string;
            amount: string;
            billed_seconds: number;
            calls: number;
            connected: number;
            country?: string;
            /** @enum {string} */
            currency: "USD";
            day?: string;
            direction?: string;
            fees: string;
            hour?: string;
            key: string;
            message_amount: string;
            message_fees: string;
            message_units: number;
            messages: number;
            messages_delivered: number;
            messages_failed: number;
            minutes: number;
            month?: string;
            number?: string;
            provider_amount: string;
            session?: string;
            sessions: number;
            subaccount?: string;
            total_amount: string;
        };
        SubaccountChange: {
            messaging_default?: boolean | null;
        };
        Subscription: {
            account: string | null;
            /** Format: date-time */
            created_at: string;
            events: ("pool.low" | "pin.attack" | "receiver.paused" | "spend.cap" | "webhooks.refused" | "job.parked" | "plivo.unreachable" | "recount.different")[];
            /** Format: uuid */
            id: string;
            /** Format: date-time */
            last_attempt_at: string | null;
            last_outcome: string | null;
            url: string;
        };
        Subscriptions: {
            items: components["schemas"]["Subscription"][];
            next_cursor: string | null;
        };
        SyncedNumbers: {
            added: number;
            doubted?: boolean;
            missing: string[];
            updated: number;
        };
        System: {
            checks: {
                /** Format: date-time */
                as_of: string | null;
                found: string | null;
                is_running: boolean;
                /** @enum {string} */
                name: "node" | "settings" | "data-folder" | "disk" | "database" | "database-version" | "database-settings" | "migrations" | "encryption-key" | "process" | "public-url" | "clock" | "plivo-credentials" | "signature" | "numbers" | "applications" | "application-urls" | "webhooks" | "worker" | "jobs" | "scheduler" | "callbacks" | "recordings";
                reason: string | null;
                remedy: string | null;
                /** @enum {string|null} */
                verdict: "ok" | "warning" | "failed" | "skipped" | null;
            }[];
            commit: string | null;
            database: string;
            is_production: boolean;
            migrations: {
                done: number;
                pending: string[];
            };
            node: string;
            processes: {
                host: string;
                id: string;
                node: string;
                pid: number;
                /** @enum {string} */
                role: "all" | "api" | "worker";
                /** Format: date-time */
                seen_at: string;
                /** Format: date-time */
                started_at: string;
                version: string;
            }[];
            /** @enum {string} */
            provider: "plivo" | "simulator";
            /** @enum {string} */
            role: "all" | "api" | "worker";
            version: string;
        };
        TextOfSession: {
            amount: number;
            /** @enum {string} */
            direction: "first_to_second" | "second_to_first";
            error_code: string | null;
            forward_message_uuids: string[];
            has_text: boolean;
            media_count: number;
            message_uuid: string;
            reason: string | null;
            received_time: string;
            /** @enum {string} */
            state: "waiting" | "refused" | "heard" | "pending" | "unknown" | "unconfirmed" | "rejected" | "accepted" | "sent" | "delivered" | "undelivered" | "failed";
            /** @enum {string} */
            type: "sms" | "mms";
            units: number;
            updated_time: string;
        };
        TextsOfSession: {
            /** Format: uuid */
            api_id: string;
            meta: components["schemas"]["ListMeta"];
            objects: components["schemas"]["TextOfSession"][];
            warnings?: string[];
        };
        TextWords: {
            /** Format: uuid */
            id: string;
            text: string;
        };
        TimelineEntry: {
            /** Format: date-time */
            at: string;
            /** Format: uuid */
            call_id?: string;
            call_uuid?: string;
            what: string;
            why?: string;
        };
        Token: {
            /** Format: date-time */
            created_at: string;
            id: string;
            origin: string;
        };
        Tokens: {
            items: components["schemas"]["Token"][];
            next_cursor: string | null;
        };
        UpdatedSession: {
            /** Format: uuid */
            api_id: string;
            call_time_limit: number | string;
            callback_url: string;
            created_time: string;
            expiry_time: string;
            first_party: string;
            first_party_play_url: string;
            initiate_call_to_first_party: boolean | string;
            interaction: (components["schemas"]["Interaction"][] | null) | string;
            last_interaction_time: string;
            /** @enum {string} */
            message: "Session updated";
            modified_time: string;
            record: boolean | string;
            /** @enum {string|null} */
            record_file_format: "mp3" | "wav" | null;
            recording_callback_url: string;
            ring_timeout: number | string;
            second_party: string;
            second_party_play_url: string;
            session: components["schemas"]["Session"];
            session_expiry: number | string;
            /** Format: uuid */
            session_uuid: string;
            /** @enum {string} */
            status: "active" | "in-progress" | "expired";
            total_call_amount: number | string;
            total_call_billed_duration: number | string;
            total_call_count: number | string;
            virtual_number: string;
            warnings?: string[];
        };
        UpdateSessionDto: {
            call_time_limit?: number;
            /** @enum {string} */
            callback_method?: "GET" | "POST";
            callback_url?: string;
            first_party?: string;
            first_party_play_url?: string;
            /** @enum {string} */
            message_callback_method?: "GET" | "POST";
            message_callback_url?: string;
            messaging?: boolean;
            record?: boolean;
            /** @enum {string} */
            record_file_format?: "mp3" | "wav";
            /** @enum {string} */
            recording_callback_method?: "GET" | "POST";
            recording_callback_url?: string;
            ring_timeout?: number;
            second_party?: string;
            second_party_play_url?: string;
            session_expiry?: number;
        };
    };
    responses: never;
    parameters: {
        IdempotencyKey: string;
        Reveal: "true" | "false";
        RevealReason: string;
    };
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    listAccounts: {
        parameters: {
            query?: {
                cursor?: string;
                limit?: number;
                reason?: components["parameters"]["RevealReason"];
                reveal?: components["parameters"]["Reveal"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Accounts"];
                };
            };
        };
    };
    createAccount: {
        parameters: {
            query?: {
                reason?: components["parameters"]["RevealReason"];
                reveal?: components["parameters"]["Reveal"];
            };
            header?: {
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewAccount"];
            };
        };
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NewAccountAnswer"];
                };
            };
        };
    };
    deleteAccount: {
        parameters: {
            query?: {
                reason?: components["parameters"]["RevealReason"];
                reveal?: components["parameters"]["Reveal"];
            };
            header?: never;
            path: {
                auth_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    changeAccount: {
        parameters: {
            query?: {
                reason?: components["parameters"]["RevealReason"];
                reveal?: components["parameters"]["Reveal"];
            };
            header?: never;
            path: {
                auth_id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["AccountChange"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ChangedAccount"];
                };
            };
        };
    };
    importSessions: {
        parameters: {
            query?: {
                dry_run?: "true" | "false";
                reason?: components["parameters"]["RevealReason"];
                reveal?: components["parameters"]["Reveal"];
            };
            header?: {
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path: {
                auth_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    sessions: ({
                        expiry_time: string | null;
                        /** Format: uuid */
                        session_uuid: string;
                        virtual_number: string;
                    } & {
                        [key: string]: unknown;
                    })[];
                };
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ImportedSessions"];
                };
            };
        };
    };
    changePlivoToken: {
        parameters: {
            query?: {
                reason?: components["parameters"]["RevealReason"];
                reveal?: components["parameters"]["Reveal"];
            };
            header?: never;
            path: {
                auth_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewPlivoToken"];
            };
        };
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    getAccountSettings: {
        parameters: {
            query?: {
                reason?: components["parameters"]["RevealReason"];
                reveal?: components["parameters"]["Reveal"];
            };
            header?: never;
            path: {
                auth_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AccountSettings"];
                };
            };
        };
    };
    changeAccountSettings: {
        parameters: {
            query?: {
                reason?: components["parameters"]["RevealReason"];
                reveal?: components["parameters"]["Reveal"];
            };
            header?: never;
            path: {
                auth_id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["AccountSettingsChange"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AccountSettings"];
                };
            };
        };
    };
    getSpend: {
        parameters: {
            query?: {
                reason?: components["parameters"]["RevealReason"];
                reveal?: components["parameters"]["Reveal"];
            };
            header?: never;
            path: {
                auth_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Spend"];
                };
            };
        };
    };
    addSubaccount: {
        parameters: {
            query?: {
                reason?: components["parameters"]["RevealReason"];
                reveal?: components["parameters"]["Reveal"];
            };
            header?: {
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path: {
                auth_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewSubaccount"];
            };
        };
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NewSubaccountAnswer"];
                };
            };
        };
    };
    changeSubaccount: {
        parameters: {
            query?: {
                reason?: components["parameters"]["RevealReason"];
                reveal?: components["parameters"]["Reveal"];
            };
            header?: never;
            path: {
                auth_id: string;
                subaccount: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["SubaccountChange"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ChangedSubaccount"];
                };
            };
        };
    };
    listTokens: {
        parameters: {
            query?: {
                reason?: components["parameters"]["RevealReason"];
                reveal?: components["parameters"]["Reveal"];
            };
            header?: never;
            path: {
                auth_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Tokens"];
                };
            };
        };
    };
    issueToken: {
        parameters: {
            query?: {
                reason?: components["parameters"]["RevealReason"];
                reveal?: components["parameters"]["Reveal"];
            };
            header?: {
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path: {
                auth_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NewToken"];
                };
            };
        };
    };
    revokeToken: {
        parameters: {
            query?: {
                reason?: components["parameters"]["RevealReason"];
                reveal?: components["parameters"]["Reveal"];
            };
            header?: never;
            path: {
                auth_id: string;
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    listAudit: {
        parameters: {
            query?: {
                action?: "numbers.revealed" | "numbers.guessed" | "recording.heard" | "recording.deleted" | "people.exported" | "people.erased" | "session.ended" | "session.extended" | "console.logged-in" | "console.logged-out" | "operator.added" | "operator.rotated" | "operator.removed" | "account.created" | "account.changed" | "account.deleted" | "subaccount.created" | "subaccount.changed" | "token.issued" | "token.revoked" | "plivo-token.changed" | "message.read" | "messages.exported" | "settings.changed" | "subscription.added" | "subscription.tested" | "subscription.removed" | "number.added" | "number.changed" | "number.removed" | "numbers.imported" | "numbers.synced" | "callback.replayed" | "callbacks.replayed" | "job.retried" | "receiver.resumed" | "opt-out.removed" | "stats.recount-started" | "stats.exported" | "calls.exported" | "sessions.exported" | "sessions.imported" | "callbacks.listened" | "invoice.compared";
                actor?: string;
                cursor?: string;
                from?: string;
                limit?: number;
                reason?: components["parameters"]["RevealReason"];
                reveal?: components["parameters"]["Reveal"];
                target?: string;
                to?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AuditEntries"];
                };
            };
        };
    };
    listCallbacks: {
        parameters: {
            query?: {
                account?: string;
                cursor?: string;
                limit?: number;
                reason?: components["parameters"]["RevealReason"];
                reveal?: components["parameters"]["Reveal"];
                session?: string;
                since?: string;
                status?: "pending" | "delivered" | "parked";
                until?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Callbacks"];
                };
            };
        };
    };
    getCallback: {
        parameters: {
            query?: {
                include?: "response_body";
                reason?: components["parameters"]["RevealReason"];
                reveal?: components["parameters"]["Reveal"];
            };
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Callback"];
                };
            };
        };
    };
    replayCallback: {
        parameters: {
            query?: {
                reason?: components["parameters"]["RevealReason"];
                reveal?: components["parameters"]["Reveal"];
            };
            header?: {
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["QueuedCallbacks"];
                };
            };
        };
    };
    countCallbacks: {
        parameters: {
            query?: {
                account?: string;
                reason?: components["parameters"]["RevealReason"];
                reveal?: components["parameters"]["Reveal"];
                session?: string;
                since?: string;
                status?: "pending" | "delivered" | "parked";
                until?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CountedCallbacks"];
                };
            };
        };
    };
    listenToCallbacks: {
        parameters: {
            query: {
                account: string;
                after?: string;
                reason?: components["parameters"]["RevealReason"];
                reveal?: components["parameters"]["Reveal"];
                sign_for?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/event-stream": string;
                };
            };
        };
    };
    replayCallbacks: {
        parameters: {
            query?: {
                reason?: components["parameters"]["RevealReason"];
                reveal?: components["parameters"]["Reveal"];
            };
            header?: {
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["ReplayBody"];
            };
        };
        responses: {
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["QueuedCallbacks"];
                };
            };
        };
    };
    listMaskedCalls: {
        parameters: {
            query?: {
                account?: string;
                cursor?: string;
                dialled?: string;
                format?: "json" | "csv";
                from?: string;
                limit?: number;
                outcome?: "connected" | "no-answer" | "busy" | "declined" | "failed" | "abandoned" | "refused";
                party?: string;
                reason?: components["parameters"]["RevealReason"];
                reveal?: components["parameters"]["Reveal"];
                session?: string;
                to?: string;
                virtual_number?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Calls"];
                    "text/csv": string;
                };
            };
        };
    };
    getMaskedCall: {
        parameters: {
            query?: {
                reason?: components["parameters"]["RevealReason"];
                reveal?: components["parameters"]["Reveal"];
            };
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Call"];
                };
            };
        };
    };
    streamEvents: {
        parameters: {
            query?: {
                reason?: components["parameters"]["RevealReason"];
                reveal?: components["parameters"]["Reveal"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/event-stream": string;
                };
            };
        };
    };
    compareInvoice: {
        parameters: {
            query: {
                account: string;
                month: string;
                reason?: components["parameters"]["RevealReason"];
                reveal?: components["parameters"]["Reveal"];
                time_zone?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "text/csv": string;
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["InvoiceComparison"];
                };
            };
        };
    };
    listJobs: {
        parameters: {
            query?: {
                cursor?: string;
                limit?: number;
                reason?: components["parameters"]["RevealReason"];
                reveal?: components["parameters"]["Reveal"];
                status?: "waiting" | "running" | "parked";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Jobs"];
                };
            };
        };
    };
    getJob: {
        parameters: {
            query?: {
                reason?: components["parameters"]["RevealReason"];
                reveal?: components["parameters"]["Reveal"];
            };
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Job"];
                };
            };
        };
    };
    retryJob: {
        parameters: {
            query?: {
                reason?: components["parameters"]["RevealReason"];
                reveal?: components["parameters"]["Reveal"];
            };
            header?: {
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RetriedJob"];
                };
            };
        };
    };
    logIn: {
        parameters: {
            query?: {
                reason?: components["parameters"]["RevealReason"];
                reveal?: components["parameters"]["Reveal"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ShownToken"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Me"];
                };
            };
        };
    };
    logOut: {
        parameters: {
            query?: {
                reason?: components["parameters"]["RevealReason"];
                reveal?: components["parameters"]["Reveal"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    getMe: {
        parameters: {
            query?: {
                reason?: components["parameters"]["RevealReason"];
                reveal?: components["parameters"]["Reveal"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Me"];
                };
            };
        };
    };
    listTexts: {
        parameters: {
            query?: {
                account?: string;
                cursor?: string;
                direction?: "first_to_second" | "second_to_first";
                format?: "json" | "csv";
                from?: string;
                limit?: number;
                party?: string;
                reason?: components["parameters"]["RevealReason"];
                reveal?: components["parameters"]["Reveal"];
                session?: string;
                state?: "waiting" | "refused" | "heard" | "pending" | "unknown" | "unconfirmed" | "rejected" | "accepted" | "sent" | "delivered" | "undelivered" | "failed";
                to?: string;
                virtual_number?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AdminTexts"];
                    "text/csv": string;
                };
            };
        };
    };
    readTextWords: {
        parameters: {
            query: {
                purpose: string;
                reason?: components["parameters"]["RevealReason"];
                reveal?: components["parameters"]["Reveal"];
            };
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TextWords"];
                };
            };
        };
    };
    listPool: {
        parameters: {
            query?: {
                account?: string;
                country?: string;
                cursor?: string;
                limit?: number;
                reason?: components["parameters"]["RevealReason"];
                reveal?: components["parameters"]["Reveal"];
                status?: "active" | "draining" | "retired" | "elsewhere";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Pool"];
                };
            };
        };
    };
    addNumber: {
        parameters: {
            query?: {
                reason?: components["parameters"]["RevealReason"];
                reveal?: components["parameters"]["Reveal"];
            };
            header?: {
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewNumber"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PooledNumber"];
                };
            };
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PooledNumber"];
                };
            };
        };
    };
    getPoolNumber: {
        parameters: {
            query?: {
                reason?: components["parameters"]["RevealReason"];
                reveal?: components["parameters"]["Reveal"];
            };
            header?: never;
            path: {
                number: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PooledNumber"];
                };
            };
        };
    };
    removeNumber: {
        parameters: {
            query?: {
                reason?: components["parameters"]["RevealReason"];
                reveal?: components["parameters"]["Reveal"];
            };
            header?: never;
            path: {
                number: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    changeNumber: {
        parameters: {
            query?: {
                reason?: components["parameters"]["RevealReason"];
                reveal?: components["parameters"]["Reveal"];
            };
            header?: never;
            path: {
                number: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["NumberChange"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PooledNumber"];
                };
            };
        };
    };
    importNumbers: {
        parameters: {
            query: {
                account: string;
                reason?: components["parameters"]["RevealReason"];
                reveal?: components["parameters"]["Reveal"];
            };
            header?: {
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "text/csv": string;
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ImportedNumbers"];
                };
            };
        };
    };
    syncNumbers: {
        parameters: {
            query: {
                account: string;
                reason?: components["parameters"]["RevealReason"];
                reveal?: components["parameters"]["Reveal"];
            };
            header?: {
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SyncedNumbers"];
                };
            };
        };
    };
    listOperators: {
        parameters: {
            query?: {
                cursor?: string;
                limit?: number;
                reason?: components["parameters"]["RevealReason"];
                reveal?: components["parameters"]["Reveal"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Operators"];
                };
            };
        };
    };
    addOperator: {
        parameters: {
            query?: {
                reason?: components["parameters"]["RevealReason"];
                reveal?: components["parameters"]["Reveal"];
            };
            header?: {
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewOperator"];
            };
        };
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NewOperatorAnswer"];
                };
            };
        };
    };
    removeOperator: {
        parameters: {
            query?: {
                reason?: components["parameters"]["RevealReason"];
                reveal?: components["parameters"]["Reveal"];
            };
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    rotateOperator: {
        parameters: {
            query?: {
                reason?: components["parameters"]["RevealReason"];
                reveal?: components["parameters"]["Reveal"];
            };
            header?: {
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["Rotation"];
            };
        };
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RotatedOperator"];
                };
            };
        };
    };
    listOptOuts: {
        parameters: {
            query?: {
                account?: string;
                cursor?: string;
                limit?: number;
                party?: string;
                reason?: components["parameters"]["RevealReason"];
                reveal?: components["parameters"]["Reveal"];
                virtual_number?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OptOuts"];
                };
            };
        };
    };
    getOptOut: {
        parameters: {
            query?: {
                reason?: components["parameters"]["RevealReason"];
                reveal?: components["parameters"]["Reveal"];
            };
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OptOut"];
                };
            };
        };
    };
    removeOptOut: {
        parameters: {
            query?: {
                reason?: components["parameters"]["RevealReason"];
                reveal?: components["parameters"]["Reveal"];
            };
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    erasePersonByNumber: {
        parameters: {
            query?: {
                reason?: components["parameters"]["RevealReason"];
                reveal?: components["parameters"]["Reveal"];
            };
            header?: never;
            path: {
                number: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OrderedErasure"];
                };
            };
        };
    };
    erasePerson: {
        parameters: {
            query?: {
                reason?: components["parameters"]["RevealReason"];
                reveal?: components["parameters"]["Reveal"];
            };
            header?: {
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PersonBody"];
            };
        };
        responses: {
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OrderedErasure"];
                };
            };
        };
    };
    getErasure: {
        parameters: {
            query?: {
                reason?: components["parameters"]["RevealReason"];
                reveal?: components["parameters"]["Reveal"];
            };
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Erasure"];
                };
            };
        };
    };
    exportPerson: {
        parameters: {
            query?: {
                reason?: components["parameters"]["RevealReason"];
                reveal?: components["parameters"]["Reveal"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PersonBody"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PersonExport"];
                };
            };
        };
    };
    findPerson: {
        parameters: {
            query?: {
                reason?: components["parameters"]["RevealReason"];
                reveal?: components["parameters"]["Reveal"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PersonBody"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Person"];
                };
            };
        };
    };
    getPool: {
        parameters: {
            query?: {
                account?: string;
                reason?: components["parameters"]["RevealReason"];
                reveal?: components["parameters"]["Reveal"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PoolFigures"];
                };
            };
        };
    };
    forecastPool: {
        parameters: {
            query: {
                account: string;
                reason?: components["parameters"]["RevealReason"];
                reveal?: components["parameters"]["Reveal"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PoolForecast"];
                };
            };
        };
    };
    getNumberHealth: {
        parameters: {
            query: {
                account: string;
                cursor?: string;
                limit?: number;
                reason?: components["parameters"]["RevealReason"];
                reveal?: components["parameters"]["Reveal"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NumbersHealth"];
                };
            };
        };
    };
    planPool: {
        parameters: {
            query: {
                account?: string;
                country?: string;
                first_max: number;
                reason?: components["parameters"]["RevealReason"];
                reveal?: components["parameters"]["Reveal"];
                second_max: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PoolPlan"];
                };
            };
        };
    };
    listReceivers: {
        parameters: {
            query?: {
                cursor?: string;
                limit?: number;
                reason?: components["parameters"]["RevealReason"];
                reveal?: components["parameters"]["Reveal"];
                status?: "failing" | "paused";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Receivers"];
                };
            };
        };
    };
    resumeReceiver: {
        parameters: {
            query?: {
                reason?: components["parameters"]["RevealReason"];
                reveal?: components["parameters"]["Reveal"];
            };
            header?: {
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ResumedReceiver"];
                };
            };
        };
    };
    listKeptRecordings: {
        parameters: {
            query?: {
                cursor?: string;
                limit?: number;
                reason?: components["parameters"]["RevealReason"];
                reveal?: components["parameters"]["Reveal"];
                session?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KeptRecordings"];
                };
            };
        };
    };
    getKeptRecording: {
        parameters: {
            query?: {
                reason?: components["parameters"]["RevealReason"];
                reveal?: components["parameters"]["Reveal"];
            };
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KeptRecording"];
                };
            };
        };
    };
    deleteKeptRecording: {
        parameters: {
            query?: {
                reason?: components["parameters"]["RevealReason"];
                reveal?: components["parameters"]["Reveal"];
            };
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DeletedRecording"];
                };
            };
        };
    };
    getRecordingSound: {
        parameters: {
            query?: {
                reason?: components["parameters"]["RevealReason"];
                reveal?: components["parameters"]["Reveal"];
            };
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "audio/mpeg": string;
                    "audio/wav": string;
                };
            };
            206: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "audio/mpeg": string;
                    "audio/wav": string;
                };
            };
        };
    };
    headRecordingSound: {
        parameters: {
            query?: {
                reason?: components["parameters"]["RevealReason"];
                reveal?: components["parameters"]["Reveal"];
            };
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    explainRoute: {
        parameters: {
            query: {
                caller: string;
                reason?: components["parameters"]["RevealReason"];
                reveal?: components["parameters"]["Reveal"];
                virtual_number: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Route"];
                };
            };
        };
    };
    searchAll: {
        parameters: {
            query: {
                account?: string;
                q: string;
                reason?: components["parameters"]["RevealReason"];
                reveal?: components["parameters"]["Reveal"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Findings"];
                };
            };
        };
    };
    searchSessions: {
        parameters: {
            query?: {
                account?: string;
                cursor?: string;
                format?: "json" | "csv";
                from?: string;
                limit?: number;
                party?: string;
                reason?: components["parameters"]["RevealReason"];
                reveal?: components["parameters"]["Reveal"];
                status?: "active" | "in-progress" | "expired";
                to?: string;
                virtual_number?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AdminSessions"];
                    "text/csv": string;
                };
            };
        };
    };
    getSessionTimeline: {
        parameters: {
            query?: {
                reason?: components["parameters"]["RevealReason"];
                reveal?: components["parameters"]["Reveal"];
            };
            header?: never;
            path: {
                uuid: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AdminSessionWithTimeline"];
                };
            };
        };
    };
    endSession: {
        parameters: {
            query?: {
                reason?: components["parameters"]["RevealReason"];
                reveal?: components["parameters"]["Reveal"];
            };
            header?: {
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path: {
                uuid: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AdminSession"];
                };
            };
        };
    };
    extendSession: {
        parameters: {
            query?: {
                reason?: components["parameters"]["RevealReason"];
                reveal?: components["parameters"]["Reveal"];
            };
            header?: {
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path: {
                uuid: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SessionExtension"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AdminSession"];
                };
            };
        };
    };
    countSessions: {
        parameters: {
            query?: {
                account?: string;
                from?: string;
                party?: string;
                reason?: components["parameters"]["RevealReason"];
                reveal?: components["parameters"]["Reveal"];
                status?: "active" | "in-progress" | "expired";
                to?: string;
                virtual_number?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CountedSessions"];
                };
            };
        };
    };
    getStats: {
        parameters: {
            query?: {
                account?: string;
                cursor?: string;
                format?: "json" | "csv";
                from?: string;
                group_by?: ("day" | "hour" | "month" | "number" | "session" | "account" | "country" | "subaccount" | "direction")[];
                limit?: number;
                reason?: components["parameters"]["RevealReason"];
                reveal?: components["parameters"]["Reveal"];
                time_zone?: string;
                to?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Stats"];
                    "text/csv": string;
                };
            };
        };
    };
    getOutcomes: {
        parameters: {
            query?: {
                account?: string;
                from?: string;
                reason?: components["parameters"]["RevealReason"];
                reveal?: components["parameters"]["Reveal"];
                time_zone?: string;
                to?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OutcomesByHour"];
                };
            };
        };
    };
    getRecount: {
        parameters: {
            query?: {
                reason?: components["parameters"]["RevealReason"];
                reveal?: components["parameters"]["Reveal"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Recount"];
                };
            };
        };
    };
    startRecount: {
        parameters: {
            query?: {
                reason?: components["parameters"]["RevealReason"];
                repair?: "true" | "false";
                reveal?: components["parameters"]["Reveal"];
            };
            header?: {
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RecountStarted"];
                };
            };
        };
    };
    listSubscriptions: {
        parameters: {
            query?: {
                cursor?: string;
                limit?: number;
                reason?: components["parameters"]["RevealReason"];
                reveal?: components["parameters"]["Reveal"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Subscriptions"];
                };
            };
        };
    };
    addSubscription: {
        parameters: {
            query?: {
                reason?: components["parameters"]["RevealReason"];
                reveal?: components["parameters"]["Reveal"];
            };
            header?: {
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewSubscription"];
            };
        };
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AddedSubscription"];
                };
            };
        };
    };
    removeSubscription: {
        parameters: {
            query?: {
                reason?: components["parameters"]["RevealReason"];
                reveal?: components["parameters"]["Reveal"];
            };
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    testSubscription: {
        parameters: {
            query?: {
                reason?: components["parameters"]["RevealReason"];
                reveal?: components["parameters"]["Reveal"];
            };
            header?: {
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SentTest"];
                };
            };
        };
    };
    getSystem: {
        parameters: {
            query?: {
                reason?: components["parameters"]["RevealReason"];
                reveal?: components["parameters"]["Reveal"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["System"];
                };
            };
        };
    };
    listRefusedWebhooks: {
        parameters: {
            query?: {
                account?: string;
                reason?: components["parameters"]["RevealReason"];
                reveal?: components["parameters"]["Reveal"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RefusedWebhooks"];
                };
            };
        };
    };
}
