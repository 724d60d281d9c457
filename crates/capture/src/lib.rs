//! Capture containers: pcap and pcapng in and out, compression, chains. Knows no protocol.
