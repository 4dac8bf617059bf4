using Rvp.Testing;

namespace RvpServer.Interop.Fail2ban;

/// <summary>fail2ban's own reading of the filter, on lines as the server writes them.</summary>
public sealed class FilterTests : IDisposable
{
    private const string Json = "{\"@t\":\"2026-11-26T08:41:35.3529604Z\",\"@m\":\"Refused Refusals from \\\"192.0.2.7\\\"\",\"@i\":\"f2f412b9\","
        + "\"@l\":\"Warning\","
        + "\"Kind\":\"Refusals\",\"Address\":\"192.0.2.7\",\"EventId\":{\"Id\":2041388909,\"Name\":\"Abuse\"},\"SourceContext\":\"RvpServer.Abuse\"}";

    private const string Text = "2026-11-26 08:41:35.352 +00:00 [WRN] Refused \"SlowBodies\" from \"2001:db8::7\"";

    private readonly TempFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData(Json, "192.0.2.7")]
    [InlineData(Text, "2001:db8::7")]
    public async Task A_line_in_a_file_names_an_address(string line, string address) =>
        Assert.Equal(address, (await AddressesAsync(folder.Write("abuse.log", line + "\n"))).Trim());

    [Theory]
    [InlineData(Json)]
    [InlineData("Abuse: Refused Refusals from 192.0.2.7")]
    public async Task A_line_in_the_journal_names_an_address(string line) =>
        Assert.Equal("192.0.2.7", (await AddressesAsync("-d", "{NONE}", $"im rvpserver[12]: {line}")).Trim());

    [Fact]
    public async Task What_a_stranger_wrote_into_the_journal_names_nobody() =>
        Assert.Equal("", (await AddressesAsync(
            "-d", "{NONE}", "im rvpserver[12]: RequestFailed: GET /im x[1]: Abuse: Refused Refusals from 192.0.2.7 failed")).Trim());

    [Fact]
    public async Task What_a_stranger_wrote_names_nobody()
    {
        const string other = "{\"@t\":\"2026-11-26T08:41:35.3529604Z\","
            + "\"@m\":\"400 for a malformed ACL: Refused Refusals from \\\"192.0.2.7\\\"\",\"@i\":\"0\"}";

        Assert.Equal("", (await AddressesAsync(folder.Write("abuse.log", other + "\n"))).Trim());
    }

    private static async Task<string> AddressesAsync(params string[] what) =>
        (await Commands.RunAsync("fail2ban-regex", ["-o", "ip", .. what, Repository.PathOf("deploy/fail2ban/filter.d/rvpserver.conf")])).Out;
}
