//! What ATT&CK calls the techniques that findings name, and the tactics they serve. Judges nothing.
//!
//! Identifiers, names and tactics are those of MITRE ATT&CK for Enterprise, version 16 (<https://attack.mitre.org>).
//! © The MITRE Corporation. This work is reproduced and distributed with the permission of The MITRE Corporation
//! (terms: <https://attack.mitre.org/resources/legal-and-branding/terms-of-use/>).

/// The version of ATT&CK that the table is of.
pub const VERSION: &str = "16";

/// What somebody is after.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Tactic {
    /// Looking for a way.
    Reconnaissance,
    /// Making ready.
    ResourceDevelopment,
    /// Coming in.
    InitialAccess,
    /// Running something.
    Execution,
    /// Staying.
    Persistence,
    /// Being allowed more.
    PrivilegeEscalation,
    /// Not being seen.
    DefenseEvasion,
    /// Taking names and passwords.
    CredentialAccess,
    /// Looking around.
    Discovery,
    /// Going on to the next host.
    LateralMovement,
    /// Gathering.
    Collection,
    /// Taking orders.
    CommandAndControl,
    /// Carrying out.
    Exfiltration,
    /// Doing harm.
    Impact,
}

use Tactic::{
    Collection, CommandAndControl, CredentialAccess, DefenseEvasion, Discovery, Execution,
    Exfiltration, Impact, InitialAccess, LateralMovement, Persistence, PrivilegeEscalation,
    Reconnaissance, ResourceDevelopment,
};

impl Tactic {
    /// As ATT&CK writes it: `Command and Control`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Reconnaissance => "Reconnaissance",
            ResourceDevelopment => "Resource Development",
            InitialAccess => "Initial Access",
            Execution => "Execution",
            Persistence => "Persistence",
            PrivilegeEscalation => "Privilege Escalation",
            DefenseEvasion => "Defense Evasion",
            CredentialAccess => "Credential Access",
            Discovery => "Discovery",
            LateralMovement => "Lateral Movement",
            Collection => "Collection",
            CommandAndControl => "Command and Control",
            Exfiltration => "Exfiltration",
            Impact => "Impact",
        }
    }

    /// As a Navigator layer has it: `command-and-control`.
    #[must_use]
    pub fn short(self) -> String {
        self.name().to_lowercase().replace(' ', "-")
    }
}

/// A technique or a part of one.
#[derive(Clone, Copy, Debug)]
pub struct Technique {
    /// `T1071.001`.
    pub id: &'static str,
    /// `Web Protocols`.
    pub name: &'static str,
    /// What it serves; the first is the one that a finding counts for.
    pub tactics: &'static [Tactic],
}

macro_rules! table {
    ($( $id:literal $name:literal $($tactic:ident)+ ; )+) => {
        /// In the order of their ids.
        pub static ALL: &[Technique] = &[
            $( Technique { id: $id, name: $name, tactics: &[$($tactic),+] }, )+
        ];
    };
}

table! {
    "T1003" "OS Credential Dumping" CredentialAccess;
    "T1003.006" "DCSync" CredentialAccess;
    "T1005" "Data from Local System" Collection;
    "T1007" "System Service Discovery" Discovery;
    "T1008" "Fallback Channels" CommandAndControl;
    "T1011" "Exfiltration Over Other Network Medium" Exfiltration;
    "T1012" "Query Registry" Discovery;
    "T1016" "System Network Configuration Discovery" Discovery;
    "T1018" "Remote System Discovery" Discovery;
    "T1020" "Automated Exfiltration" Exfiltration;
    "T1021" "Remote Services" LateralMovement;
    "T1021.001" "Remote Desktop Protocol" LateralMovement;
    "T1021.002" "SMB/Windows Admin Shares" LateralMovement;
    "T1021.003" "Distributed Component Object Model" LateralMovement;
    "T1021.004" "SSH" LateralMovement;
    "T1021.005" "VNC" LateralMovement;
    "T1021.006" "Windows Remote Management" LateralMovement;
    "T1027" "Obfuscated Files or Information" DefenseEvasion;
    "T1027.013" "Encrypted/Encoded File" DefenseEvasion;
    "T1029" "Scheduled Transfer" Exfiltration;
    "T1030" "Data Transfer Size Limits" Exfiltration;
    "T1033" "System Owner/User Discovery" Discovery;
    "T1036" "Masquerading" DefenseEvasion;
    "T1036.005" "Match Legitimate Name or Location" DefenseEvasion;
    "T1036.007" "Double File Extension" DefenseEvasion;
    "T1036.008" "Masquerade File Type" DefenseEvasion;
    "T1037" "Boot or Logon Initialization Scripts" Persistence PrivilegeEscalation;
    "T1039" "Data from Network Shared Drive" Collection;
    "T1040" "Network Sniffing" CredentialAccess Discovery;
    "T1041" "Exfiltration Over C2 Channel" Exfiltration;
    "T1046" "Network Service Discovery" Discovery;
    "T1047" "Windows Management Instrumentation" Execution;
    "T1048" "Exfiltration Over Alternative Protocol" Exfiltration;
    "T1048.001" "Exfiltration Over Symmetric Encrypted Non-C2 Protocol" Exfiltration;
    "T1048.002" "Exfiltration Over Asymmetric Encrypted Non-C2 Protocol" Exfiltration;
    "T1048.003" "Exfiltration Over Unencrypted Non-C2 Protocol" Exfiltration;
    "T1049" "System Network Connections Discovery" Discovery;
    "T1053" "Scheduled Task/Job" Execution Persistence PrivilegeEscalation;
    "T1053.002" "At" Execution Persistence PrivilegeEscalation;
    "T1053.005" "Scheduled Task" Execution Persistence PrivilegeEscalation;
    "T1055" "Process Injection" DefenseEvasion PrivilegeEscalation;
    "T1056" "Input Capture" CredentialAccess Collection;
    "T1057" "Process Discovery" Discovery;
    "T1059" "Command and Scripting Interpreter" Execution;
    "T1059.001" "PowerShell" Execution;
    "T1069" "Permission Groups Discovery" Discovery;
    "T1069.001" "Local Groups" Discovery;
    "T1069.002" "Domain Groups" Discovery;
    "T1070" "Indicator Removal" DefenseEvasion;
    "T1070.001" "Clear Windows Event Logs" DefenseEvasion;
    "T1071" "Application Layer Protocol" CommandAndControl;
    "T1071.001" "Web Protocols" CommandAndControl;
    "T1071.002" "File Transfer Protocols" CommandAndControl;
    "T1071.003" "Mail Protocols" CommandAndControl;
    "T1071.004" "DNS" CommandAndControl;
    "T1071.005" "Publish/Subscribe Protocols" CommandAndControl;
    "T1072" "Software Deployment Tools" LateralMovement Execution;
    "T1074" "Data Staged" Collection;
    "T1078" "Valid Accounts" InitialAccess DefenseEvasion Persistence PrivilegeEscalation;
    "T1080" "Taint Shared Content" LateralMovement;
    "T1082" "System Information Discovery" Discovery;
    "T1083" "File and Directory Discovery" Discovery;
    "T1087" "Account Discovery" Discovery;
    "T1087.001" "Local Account" Discovery;
    "T1087.002" "Domain Account" Discovery;
    "T1090" "Proxy" CommandAndControl;
    "T1090.001" "Internal Proxy" CommandAndControl;
    "T1090.002" "External Proxy" CommandAndControl;
    "T1090.003" "Multi-hop Proxy" CommandAndControl;
    "T1090.004" "Domain Fronting" CommandAndControl;
    "T1091" "Replication Through Removable Media" LateralMovement InitialAccess;
    "T1095" "Non-Application Layer Protocol" CommandAndControl;
    "T1098" "Account Manipulation" Persistence PrivilegeEscalation;
    "T1102" "Web Service" CommandAndControl;
    "T1102.001" "Dead Drop Resolver" CommandAndControl;
    "T1102.002" "Bidirectional Communication" CommandAndControl;
    "T1104" "Multi-Stage Channels" CommandAndControl;
    "T1105" "Ingress Tool Transfer" CommandAndControl;
    "T1110" "Brute Force" CredentialAccess;
    "T1110.001" "Password Guessing" CredentialAccess;
    "T1110.002" "Password Cracking" CredentialAccess;
    "T1110.003" "Password Spraying" CredentialAccess;
    "T1110.004" "Credential Stuffing" CredentialAccess;
    "T1112" "Modify Registry" DefenseEvasion;
    "T1114" "Email Collection" Collection;
    "T1124" "System Time Discovery" Discovery;
    "T1132" "Data Encoding" CommandAndControl;
    "T1132.001" "Standard Encoding" CommandAndControl;
    "T1132.002" "Non-Standard Encoding" CommandAndControl;
    "T1133" "External Remote Services" InitialAccess Persistence;
    "T1135" "Network Share Discovery" Discovery;
    "T1136" "Create Account" Persistence;
    "T1140" "Deobfuscate/Decode Files or Information" DefenseEvasion;
    "T1187" "Forced Authentication" CredentialAccess;
    "T1189" "Drive-by Compromise" InitialAccess;
    "T1190" "Exploit Public-Facing Application" InitialAccess;
    "T1195" "Supply Chain Compromise" InitialAccess;
    "T1199" "Trusted Relationship" InitialAccess;
    "T1200" "Hardware Additions" InitialAccess;
    "T1201" "Password Policy Discovery" Discovery;
    "T1203" "Exploitation for Client Execution" Execution;
    "T1204" "User Execution" Execution;
    "T1204.002" "Malicious File" Execution;
    "T1205" "Traffic Signaling" CommandAndControl DefenseEvasion Persistence;
    "T1205.001" "Port Knocking" CommandAndControl DefenseEvasion Persistence;
    "T1207" "Rogue Domain Controller" DefenseEvasion;
    "T1210" "Exploitation of Remote Services" LateralMovement;
    "T1212" "Exploitation for Credential Access" CredentialAccess;
    "T1219" "Remote Access Software" CommandAndControl;
    "T1482" "Domain Trust Discovery" Discovery;
    "T1486" "Data Encrypted for Impact" Impact;
    "T1489" "Service Stop" Impact;
    "T1491" "Defacement" Impact;
    "T1496" "Resource Hijacking" Impact;
    "T1498" "Network Denial of Service" Impact;
    "T1498.001" "Direct Network Flood" Impact;
    "T1498.002" "Reflection Amplification" Impact;
    "T1499" "Endpoint Denial of Service" Impact;
    "T1499.001" "OS Exhaustion Flood" Impact;
    "T1499.002" "Service Exhaustion Flood" Impact;
    "T1505" "Server Software Component" Persistence;
    "T1505.003" "Web Shell" Persistence;
    "T1528" "Steal Application Access Token" CredentialAccess;
    "T1539" "Steal Web Session Cookie" CredentialAccess;
    "T1543" "Create or Modify System Process" Persistence PrivilegeEscalation;
    "T1543.003" "Windows Service" Persistence PrivilegeEscalation;
    "T1546.003" "Windows Management Instrumentation Event Subscription" PrivilegeEscalation Persistence;
    "T1550" "Use Alternate Authentication Material" LateralMovement DefenseEvasion;
    "T1550.002" "Pass the Hash" LateralMovement DefenseEvasion;
    "T1550.003" "Pass the Ticket" LateralMovement DefenseEvasion;
    "T1552" "Unsecured Credentials" CredentialAccess;
    "T1552.001" "Credentials In Files" CredentialAccess;
    "T1552.004" "Private Keys" CredentialAccess;
    "T1553" "Subvert Trust Controls" DefenseEvasion;
    "T1553.002" "Code Signing" DefenseEvasion;
    "T1557" "Adversary-in-the-Middle" CredentialAccess Collection;
    "T1557.001" "LLMNR/NBT-NS Poisoning and SMB Relay" CredentialAccess Collection;
    "T1557.002" "ARP Cache Poisoning" CredentialAccess Collection;
    "T1557.003" "DHCP Spoofing" CredentialAccess Collection;
    "T1558" "Steal or Forge Kerberos Tickets" CredentialAccess;
    "T1558.001" "Golden Ticket" CredentialAccess;
    "T1558.002" "Silver Ticket" CredentialAccess;
    "T1558.003" "Kerberoasting" CredentialAccess;
    "T1558.004" "AS-REP Roasting" CredentialAccess;
    "T1563" "Remote Service Session Hijacking" LateralMovement;
    "T1563.002" "RDP Hijacking" LateralMovement;
    "T1565.002" "Transmitted Data Manipulation" Impact;
    "T1566" "Phishing" InitialAccess;
    "T1566.001" "Spearphishing Attachment" InitialAccess;
    "T1566.002" "Spearphishing Link" InitialAccess;
    "T1567" "Exfiltration Over Web Service" Exfiltration;
    "T1567.001" "Exfiltration to Code Repository" Exfiltration;
    "T1567.002" "Exfiltration to Cloud Storage" Exfiltration;
    "T1568" "Dynamic Resolution" CommandAndControl;
    "T1568.001" "Fast Flux DNS" CommandAndControl;
    "T1568.002" "Domain Generation Algorithms" CommandAndControl;
    "T1568.003" "DNS Calculation" CommandAndControl;
    "T1569" "System Services" Execution;
    "T1569.002" "Service Execution" Execution;
    "T1570" "Lateral Tool Transfer" LateralMovement;
    "T1571" "Non-Standard Port" CommandAndControl;
    "T1572" "Protocol Tunneling" CommandAndControl;
    "T1573" "Encrypted Channel" CommandAndControl;
    "T1573.001" "Symmetric Cryptography" CommandAndControl;
    "T1573.002" "Asymmetric Cryptography" CommandAndControl;
    "T1583.001" "Domains" ResourceDevelopment;
    "T1587.003" "Digital Certificates" ResourceDevelopment;
    "T1588" "Obtain Capabilities" ResourceDevelopment;
    "T1588.004" "Digital Certificates" ResourceDevelopment;
    "T1590" "Gather Victim Network Information" Reconnaissance;
    "T1590.005" "IP Addresses" Reconnaissance;
    "T1592" "Gather Victim Host Information" Reconnaissance;
    "T1595" "Active Scanning" Reconnaissance;
    "T1595.001" "Scanning IP Blocks" Reconnaissance;
    "T1595.002" "Vulnerability Scanning" Reconnaissance;
    "T1595.003" "Wordlist Scanning" Reconnaissance;
    "T1602" "Data from Configuration Repository" Collection;
    "T1614" "System Location Discovery" Discovery;
    "T1615" "Group Policy Discovery" Discovery;
}

/// The technique with this id.
#[must_use]
pub fn technique(id: &str) -> Option<&'static Technique> {
    let at = ALL.binary_search_by(|t| t.id.cmp(id)).ok()?;
    ALL.get(at)
}

/// What a finding with these techniques counts for: the first tactic of the first that is known.
#[must_use]
pub fn tactic(ids: &[&str]) -> Option<Tactic> {
    let known = ids.iter().find_map(|id| technique(id))?;
    known.tactics.first().copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_in_order_and_knows_what_detections_name() {
        assert!(ALL.windows(2).all(|w| w[0].id < w[1].id));
        for d in crate::detections::ALL {
            for id in d.techniques {
                assert!(
                    technique(id).is_some(),
                    "{}: {id} is not in the table",
                    d.id
                );
            }
        }
        assert_eq!(tactic(&["T0000", "T1105"]), Some(CommandAndControl));
        assert_eq!(tactic(&["T1040", "T1105"]), Some(CredentialAccess));
        assert_eq!(tactic(&[]), None);
        assert_eq!(CommandAndControl.short(), "command-and-control");
        let all = ALL.iter().flat_map(|t| t.tactics);
        assert!(all.clone().count() > ALL.len() && all.max() == Some(&Impact));
    }
}
