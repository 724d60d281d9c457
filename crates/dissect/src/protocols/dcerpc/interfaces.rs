//! Names of interfaces and operations that matter to who moves through a network ([MS-RPCE] and the documents of each).

/// An interface: its UUID, its name, names of operations.
type Known = (&'static str, &'static str, &'static [(u16, &'static str)]);

static KNOWN: &[Known] = &[
    (
        "e1af8308-5d1f-11c9-91a4-08002b14a0fa",
        "epmapper",
        &[(2, "ept_lookup"), (3, "ept_map")],
    ),
    (
        "000001a0-0000-0000-c000-000000000046",
        "IRemoteSCMActivator",
        &[(3, "RemoteGetClassObject"), (4, "RemoteCreateInstance")],
    ),
    (
        "99fcfec4-5260-101b-bbcb-00aa0021347a",
        "IOXIDResolver",
        &[
            (0, "ResolveOxid"),
            (3, "ServerAlive"),
            (4, "ResolveOxid2"),
            (5, "ServerAlive2"),
        ],
    ),
    (
        "367abb81-9844-35f1-ad32-98f038001003",
        "svcctl",
        &[
            (1, "ControlService"),
            (2, "DeleteService"),
            (6, "QueryServiceStatus"),
            (11, "ChangeServiceConfigW"),
            (12, "CreateServiceW"),
            (14, "EnumServicesStatusW"),
            (15, "OpenSCManagerW"),
            (16, "OpenServiceW"),
            (17, "QueryServiceConfigW"),
            (19, "StartServiceW"),
            (23, "ChangeServiceConfigA"),
            (24, "CreateServiceA"),
            (26, "EnumServicesStatusA"),
            (27, "OpenSCManagerA"),
            (28, "OpenServiceA"),
            (29, "QueryServiceConfigA"),
            (31, "StartServiceA"),
            (42, "EnumServicesStatusExW"),
            (44, "CreateServiceWOW64A"),
            (45, "CreateServiceWOW64W"),
            (60, "CreateWowService"),
            (64, "OpenSCManager2"),
        ],
    ),
    (
        "4b324fc8-1670-01d3-1278-5a47bf6ee188",
        "srvsvc",
        &[
            (8, "NetrConnectionEnum"),
            (9, "NetrFileEnum"),
            (12, "NetrSessionEnum"),
            (15, "NetrShareEnum"),
            (16, "NetrShareGetInfo"),
            (21, "NetrServerGetInfo"),
            (26, "NetrServerTransportEnum"),
            (28, "NetrRemoteTOD"),
        ],
    ),
    (
        "6bffd098-a112-3610-9833-46c3f87e345a",
        "wkssvc",
        &[
            (0, "NetrWkstaGetInfo"),
            (2, "NetrWkstaUserEnum"),
            (5, "NetrWkstaTransportEnum"),
        ],
    ),
    (
        "12345778-1234-abcd-ef00-0123456789ac",
        "samr",
        &[
            (0, "SamrConnect"),
            (5, "SamrLookupDomainInSamServer"),
            (6, "SamrEnumerateDomainsInSamServer"),
            (7, "SamrOpenDomain"),
            (8, "SamrQueryInformationDomain"),
            (11, "SamrEnumerateGroupsInDomain"),
            (13, "SamrEnumerateUsersInDomain"),
            (15, "SamrEnumerateAliasesInDomain"),
            (16, "SamrGetAliasMembership"),
            (17, "SamrLookupNamesInDomain"),
            (18, "SamrLookupIdsInDomain"),
            (19, "SamrOpenGroup"),
            (20, "SamrQueryInformationGroup"),
            (25, "SamrGetMembersInGroup"),
            (27, "SamrOpenAlias"),
            (28, "SamrQueryInformationAlias"),
            (33, "SamrGetMembersInAlias"),
            (34, "SamrOpenUser"),
            (36, "SamrQueryInformationUser"),
            (39, "SamrGetGroupsForUser"),
            (40, "SamrQueryDisplayInformation"),
            (41, "SamrGetDisplayEnumerationIndex"),
            (46, "SamrQueryInformationDomain2"),
            (47, "SamrQueryInformationUser2"),
            (48, "SamrQueryDisplayInformation2"),
            (49, "SamrGetDisplayEnumerationIndex2"),
            (51, "SamrQueryDisplayInformation3"),
            (57, "SamrConnect2"),
            (62, "SamrConnect4"),
            (64, "SamrConnect5"),
        ],
    ),
    (
        "12345778-1234-abcd-ef00-0123456789ab",
        "lsarpc",
        &[
            (0, "LsarClose"),
            (2, "LsarEnumeratePrivileges"),
            (6, "LsarOpenPolicy"),
            (7, "LsarQueryInformationPolicy"),
            (11, "LsarEnumerateAccounts"),
            (13, "LsarEnumerateTrustedDomains"),
            (14, "LsarLookupNames"),
            (15, "LsarLookupSids"),
            (35, "LsarEnumerateAccountsWithUserRight"),
            (36, "LsarEnumerateAccountRights"),
            (44, "LsarOpenPolicy2"),
            (50, "LsarEnumerateTrustedDomainsEx"),
            (57, "LsarLookupSids2"),
            (58, "LsarLookupNames2"),
            (76, "LsarLookupSids3"),
            (77, "LsarLookupNames4"),
        ],
    ),
    (
        "12345678-1234-abcd-ef00-01234567cffb",
        "netlogon",
        &[
            (2, "NetrLogonSamLogon"),
            (4, "NetrServerReqChallenge"),
            (26, "NetrServerAuthenticate3"),
            (30, "NetrServerPasswordSet2"),
        ],
    ),
    (
        "e3514235-4b06-11d1-ab04-00c04fc2dcd2",
        "drsuapi",
        &[
            (0, "DRSBind"),
            (1, "DRSUnbind"),
            (2, "DRSReplicaSync"),
            (3, "DRSGetNCChanges"),
            (4, "DRSUpdateRefs"),
            (12, "DRSCrackNames"),
            (16, "DRSDomainControllerInfo"),
        ],
    ),
    (
        "338cd001-2244-31f1-aaaa-900038001003",
        "winreg",
        &[
            (2, "OpenLocalMachine"),
            (15, "BaseRegOpenKey"),
            (17, "BaseRegQueryValue"),
            (22, "BaseRegSetValue"),
        ],
    ),
    (
        "86d35949-83c9-4044-b424-db363231fd0c",
        "ITaskSchedulerService",
        &[
            (1, "SchRpcRegisterTask"),
            (12, "SchRpcRun"),
            (13, "SchRpcDelete"),
        ],
    ),
    (
        "1ff70682-0a51-30e8-076d-740be8cee98b",
        "atsvc",
        &[(0, "NetrJobAdd"), (2, "NetrJobEnum")],
    ),
    (
        "82273fdc-e32a-18c3-3f78-827929dc23ea",
        "eventlog",
        &[(0, "ElfrClearELFW"), (12, "ElfrClearELFA")],
    ),
    (
        "f6beaff7-1e19-4fbb-9f8f-b89e2018337c",
        "IEventService",
        &[
            (5, "EvtRpcRegisterLogQuery"),
            (6, "EvtRpcClearLog"),
            (7, "EvtRpcExportLog"),
        ],
    ),
    (
        "12345678-1234-abcd-ef00-0123456789ab",
        "spoolss",
        &[
            (1, "RpcOpenPrinter"),
            (65, "RpcRemoteFindFirstPrinterChangeNotificationEx"),
            (89, "RpcAddPrinterDriverEx"),
        ],
    ),
    (
        "76f03f96-cdfd-44fc-a22c-64950a001209",
        "IRemoteWinspool",
        &[(39, "RpcAsyncAddPrinterDriver")],
    ),
    (
        "c681d488-d850-11d0-8c52-00c04fd90f7e",
        "efsrpc",
        &[(0, "EfsRpcOpenFileRaw"), (4, "EfsRpcEncryptFileSrv")],
    ),
    (
        "9556dc99-828c-11cf-a37e-00aa003240c7",
        "IWbemServices",
        &[
            (20, "ExecQuery"),
            (24, "ExecMethod"),
            (25, "ExecMethodAsync"),
        ],
    ),
    (
        "f309ad18-d86a-11d0-a075-00c04fb68820",
        "IWbemLevel1Login",
        &[(6, "NTLMLogin")],
    ),
    ("906b0ce0-c70b-1067-b317-00dd010662da", "IXnRemote", &[]),
    (
        "a4f1db00-ca47-1067-b31f-00dd010662da",
        "exchange_mapi",
        &[
            (0, "EcDoConnect"),
            (2, "EcDoRpc"),
            (10, "EcDoConnectEx"),
            (11, "EcDoRpcExt2"),
        ],
    ),
    (
        "f5cc5a18-4264-101a-8c59-08002b2f8426",
        "nspi",
        &[(0, "NspiBind"), (3, "NspiQueryRows")],
    ),
    (
        "1544f5e0-613c-11d1-93df-00c04fd7bd09",
        "rfr",
        &[(0, "RfrGetNewDSA"), (1, "RfrGetFQDNFromServerDN")],
    ),
];

/// Names of an interface and of one of its operations; what has none is told by its number.
pub(super) fn names(uuid: &str, opnum: u16) -> (String, String) {
    let known = KNOWN.iter().find(|(id, ..)| *id == uuid);
    let name = known.map_or(uuid, |(_, name, _)| name);
    let operation = known.and_then(|(.., ops)| ops.iter().find(|(n, _)| *n == opnum));
    let operation = operation.map_or_else(|| opnum.to_string(), |(_, name)| (*name).to_owned());
    (name.to_owned(), operation)
}
