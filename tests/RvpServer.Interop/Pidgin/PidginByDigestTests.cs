using Xunit.Abstractions;

namespace RvpServer.Interop.Pidgin;

/// <summary>With the default schemes, Digest before NTLM, Pidgin takes Digest.</summary>
public class PidginByDigestTests(ITestOutputHelper output) : PidginStories(
    output, "127.0.0.2", """{ "Schemes": ["Digest", "Ntlm"], "NtlmDomain": "ADATUM" }""");
