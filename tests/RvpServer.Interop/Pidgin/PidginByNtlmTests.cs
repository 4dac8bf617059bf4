using Xunit.Abstractions;

namespace RvpServer.Interop.Pidgin;

/// <summary>Pidgin knows version 1 of NTLM only. [client]</summary>
public class PidginByNtlmTests(ITestOutputHelper output) : PidginStories(
    output, "127.0.0.3", """{ "Schemes": ["Ntlm"], "NtlmDomain": "ADATUM", "AllowNtlmV1": true }""");
