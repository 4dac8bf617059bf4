using Rvp.Testing;

namespace Rvp.Client.Tests;

/// <summary>How a bot learns that it is over: by the end of its events, or by an exception that its supervisor sees.</summary>
public sealed class EndTests
{
    [Theory]
    [InlineData("password")]
    [InlineData("account")]
    public async Task A_sign_in_that_is_over_for_good_ends_the_events_with_its_reason(string cause)
    {
        await using var home = await Home.StartAsync();
        await using var client = new RvpClient(home.Options(Home.Jo));
        await client.SignInAsync();
        var reading = ReadAsync(client);

        if (cause == "password") await home.Server.SetPasswordAsync("JoBrown@adatum.com", "Pass-Word-2");
        else await home.Server.RemoveAccountAsync("JoBrown@adatum.com");

        var over = await Assert.ThrowsAsync<RvpClientException>(() => Deadline.For(reading, "the end of the events", () => "they go on"));
        Assert.Equal(RvpError.WrongPassword, over.Error);
        Assert.Equal(ConnectionState.SignedOut, client.State);
    }

    [Fact]
    public async Task Signing_out_ends_the_events_and_signing_in_again_begins_others()
    {
        await using var home = await Home.StartAsync();
        var kari = await home.SignedIn(Home.Kari);
        await using var client = new RvpClient(home.Options(Home.Jo));
        await client.SignInAsync();
        var first = ReadAsync(client);

        await client.SignOutAsync();
        var firstHeard = await Deadline.For(first, "the end of the events", () => "they go on");
        await client.SignInAsync();
        var second = ReadAsync(client);
        await kari.Client.SendAsync(Home.Jo, "Back?");
        await Deadline.Until(() => client.State == ConnectionState.SignedIn, "signed in", () => client.State.ToString());
        await kari.Client.SendAsync(Home.Jo, "Really?");
        await client.DisposeAsync();
        var secondHeard = await Deadline.For(second, "the end of the events", () => "they go on");

        Assert.DoesNotContain(firstHeard, happened => happened is RvpEvent.MessageReceived);
        Assert.Contains(secondHeard, happened => happened is RvpEvent.MessageReceived { Text: "Back?" });
    }

    [Fact]
    public async Task After_a_lost_sign_in_another_is_made_with_the_same_client()
    {
        await using var home = await Home.StartAsync();
        await using var client = new RvpClient(home.Options(Home.Jo));
        await client.SignInAsync();
        await home.Server.SetPasswordAsync("JoBrown@adatum.com", "Pass-Word-2");
        await Assert.ThrowsAsync<RvpClientException>(() => Deadline.For(ReadAsync(client), "the end of the events", () => "they go on"));
        await home.Server.SetPasswordAsync("JoBrown@adatum.com", TestServer.Password);

        await Deadline.Until(
            () =>
            {
                try
                {
                    client.SignInAsync().GetAwaiter().GetResult();
                    return true;
                }
                catch (RvpClientException)
                {
                    return false;
                }
            },
            "a sign-in with the former password", () => "none");

        Assert.Equal(ConnectionState.SignedIn, client.State);
    }

    [Fact]
    public async Task A_client_that_never_signed_in_ends_its_events_when_it_is_disposed()
    {
        await using var home = await Home.StartAsync();
        var client = new RvpClient(home.Options(Home.Jo));
        var reading = ReadAsync(client);

        await client.DisposeAsync();

        Assert.Empty(await Deadline.For(reading, "the end of the events", () => "they go on"));
    }

    private static async Task<List<RvpEvent>> ReadAsync(RvpClient client)
    {
        List<RvpEvent> heard = [];
        await foreach (var happened in client.ReadEventsAsync()) heard.Add(happened);
        return heard;
    }
}
