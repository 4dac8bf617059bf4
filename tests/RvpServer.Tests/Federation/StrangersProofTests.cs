using Rvp.Testing;

namespace RvpServer.Tests.Federation;

public class StrangersProofTests
{
    private const string Watch = "SUBSCRIBE /instmsg/aliases/JoBrown HTTP/1.1\r\nHost: im.adatum.com\r\nNotification-Type: update/propchange\r\n"
        + "RVP-From-Principal: http://im.contoso.com/instmsg/aliases/KariHensien\r\nCall-Back: http://im.contoso.com/instmsg/aliases/KariHensien\r\n";

    [Fact]
    public async Task Someone_of_another_domain_is_challenged_once_and_then_refused()
    {
        await using var server = await TestServer.StartAsync(new Dictionary<string, string?> { ["Dns:Servers:0"] = "127.0.0.1:9" });
        var digest = new DigestClient("KariHensien", "a password of another organisation");

        var challenged = await server.AskAsync(Watch + "\r\n");
        digest.Take(challenged.All("WWW-Authenticate")[0]);
        var refused = await server.AskAsync(Watch + digest.HeaderFor("SUBSCRIBE", "/instmsg/aliases/JoBrown") + "\r\n");

        Assert.Equal(401, challenged.Status);
        Assert.Equal(403, refused.Status);
    }
}
