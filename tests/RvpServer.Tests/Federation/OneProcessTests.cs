using Rvp.Testing;

namespace RvpServer.Tests.Federation;

/// <summary>
/// A provider serves two organisations in one process: A. Datum with Jo Brown, and Contoso with Kari Hensien, whose old client goes to Jo's server itself.
/// </summary>
public sealed class OneProcessTests
{
    [Fact]
    public async Task A_client_of_one_organisation_proves_itself_to_the_others_server_by_its_own_password()
    {
        await using var server = await TestServer.StartForTwoOrganisationsAsync();
        await using var jo = server.Person("JoBrown");
        await using var kari = server.Person("KariHensien", "im.contoso.com");
        await jo.SignsIn();
        await kari.SignsIn();
        await jo.SetsState("busy");
        kari.Host = "im.adatum.com";

        var challenge = await server.AskAsync(
            $"SUBSCRIBE {jo.Path} HTTP/1.1\r\nHost: im.adatum.com\r\nRVP-From-Principal: {kari.Url}\r\nNotification-Type: update/propchange\r\n\r\n");
        var watched = await kari.Asks("SUBSCRIBE", jo.Path, $"Notification-Type: update/propchange\r\nCall-Back: {kari.Url}\r\n");
        var said = await kari.Asks("NOTIFY", jo.Path, "RVP-Ack-Type: DeepOr\r\nRVP-Hop-Count: 1\r\n", kari.MessageTo(jo, "Hello"));
        await jo.Hears(kari, "Hello");
        await jo.SetsState("away");

        Assert.StartsWith("Digest realm=\"im.contoso.com\"", challenge.All("WWW-Authenticate")[0], StringComparison.Ordinal);
        Assert.Equal((207, 200), (watched.Status, said.Status));
        await kari.Sees(jo, "away");
    }

    [Fact]
    public async Task Who_is_blocked_is_blocked_and_a_wrong_password_proves_nobody()
    {
        await using var server = await TestServer.StartForTwoOrganisationsAsync();
        await using var jo = server.Person("JoBrown");
        await using var kari = server.Person("KariHensien", "im.contoso.com");
        await using var stranger = server.Person("KariHensien", "im.contoso.com", "wrong");
        (kari.Host, stranger.Host) = ("im.adatum.com", "im.adatum.com");
        await jo.SignsIn();
        await jo.Blocks(kari);

        var blocked = await kari.Asks("NOTIFY", jo.Path, "RVP-Ack-Type: DeepOr\r\nRVP-Hop-Count: 1\r\n", kari.MessageTo(jo, "Hello"));
        var wrong = await stranger.Asks("NOTIFY", jo.Path, "RVP-Ack-Type: DeepOr\r\nRVP-Hop-Count: 1\r\n", stranger.MessageTo(jo, "Hello"));

        Assert.Equal((412, 401), (blocked.Status, wrong.Status));
    }

    [Fact]
    public async Task Nobody_of_another_organisation_owns_anything_here()
    {
        await using var server = await TestServer.StartForTwoOrganisationsAsync();
        await using var kari = server.Person("KariHensien", "im.contoso.com");
        kari.Host = "im.adatum.com";

        var answer = await kari.Asks("ACL", "/instmsg/aliases/JoBrown");

        Assert.Contains(answer.Status, new[] { 401, 403 });
    }
}
