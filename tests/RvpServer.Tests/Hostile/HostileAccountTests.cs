using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Rvp.Testing;
using RvpServer.Directories.Local;
using RvpServer.Tests.Verbs;

namespace RvpServer.Tests.Hostile;

/// <summary>Somebody who is after an account: guesses from many addresses, or with a password that was stolen.</summary>
public sealed class HostileAccountTests : HomeServerTest
{
    private const string New = "Another-Word-2";

    [Fact]
    public async Task While_two_hundred_addresses_guess_the_owner_gets_in_from_home_also_after_a_restart()
    {
        Assert.Equal(200, (await Attempts("127.0.0.1", TestServer.Password)).Status);
        await Guessing(async () =>
        {
            for (var i = 0; i < 5; i++) Assert.Equal(200, (await Attempts("127.0.0.1", TestServer.Password)).Status);
        });
        await Server.StopAsync();
        await Server.StartAgainAsync();
        await Guessing(async () =>
        {
            for (var i = 0; i < 5; i++) Assert.Equal(200, (await Attempts("127.0.0.1", TestServer.Password)).Status);
        });
    }

    [Fact]
    public async Task While_two_hundred_addresses_guess_the_owner_gets_in_from_a_new_address_within_seconds() => await Guessing(async () =>
    {
        for (var i = 1; i <= 3; i++) Assert.Equal(200, (await Attempts($"127.77.0.{i}", TestServer.Password)).Status);
    });

    [Fact]
    public async Task Guesses_are_counted_by_the_account_whatever_name_is_typed()
    {
        var accounts = Server.Services.GetRequiredService<Accounts>();
        var jo = await Server.FindAccountAsync("JoBrown@adatum.com");
        await accounts.AddAddressAsync(jo, TestAccount.AddressOf("jb@adatum.com"), default);
        await accounts.AddAddressAsync(jo, TestAccount.AddressOf("jo@adatum.com"), default);
        string[] names = ["JoBrown", "jobrown@adatum.com", @"ADATUM\\JoBrown", "jb", "JB@adatum.com", "jo", "Jo@im.adatum.com", "/JOBROWN"];
        await Deadline.Until(() => Attempts("127.0.9.1", "wrong", "jb").GetAwaiter().GetResult().Status is 401, "a look", () => "none");

        var answers = await Task.WhenAll(Enumerable.Range(0, 40).Select(i => Attempts("127.0.9." + (1 + (i % 8)), "wrong", names[i % names.Length])));

        // Ten, and what is left for who has hardly tried: three tries of the network at most, one of which was the look.
        Assert.InRange(answers.Count(answer => answer.Status == 401), 9, 12);
        Assert.Equal(40, answers.Count(answer => answer.Status is 401 or 429));
    }

    [Fact]
    public async Task Unknown_names_are_held_off_like_others_and_who_is_refused_is_in_the_metrics()
    {
        var unknown = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => Attempts("127.0.9.1", "wrong", "nobody")));
        var known = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => Attempts("127.0.10.1", "wrong")));

        Assert.Equal(known.Count(answer => answer.Status == 429), unknown.Count(answer => answer.Status == 429));
        var metrics = await RawConnection.AskAsync(Server.AdminPort, "GET /metrics HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n");
        Assert.Matches("rvp_abuse_total\\{kind=\"Guesses\"\\} [1-9]", metrics.Body);
    }

    [Fact]
    public async Task A_thief_with_an_old_password_hears_nothing_that_comes_after_the_new_one()
    {
        var thief = Comes("KariHensien");
        await thief.SignsIn();
        await thief.Asks("SUBSCRIBE", Jo.Path, $"Notification-Type: update/propchange\r\nCall-Back: {thief.Callback.Url.ToString().TrimEnd('/')}\r\n");
        var polls = Comes("KariHensien");
        await polls.SignsInToPoll();
        var waiting = polls.Polls(headers: "Prefer: wait=60\r\n");

        await Server.SetPasswordAsync("KariHensien@adatum.com", New);
        var owner = Comes("KariHensien", New);
        await Deadline.Until(() => owner.SignsIn().GetAwaiter().GetResult().Status == 200, "a sign-in", () => "refused");
        Assert.Equal(412, (await waiting.WaitAsync(TimeSpan.FromSeconds(30))).Status);
        await Deadline.Until(() => NodeOf(owner).SignIns.Length == 1, "only the owner's sign-in", () => "others");
        await Jo.SignsIn();
        await Deadline.Until(
            () => !Jo.ListsWatchers().GetAwaiter().GetResult().Body.Contains("KariHensien", StringComparison.Ordinal), "no watcher", () => "the thief");

        await Jo.SetsState("busy");
        Assert.Equal(200, (await Jo.Says(owner, "For Kari only")).Status);

        await owner.Hears(Jo, "For Kari only");
        Assert.Equal(401, (await thief.Polls()).Status);
        Assert.DoesNotContain(
            thief.Callback.All,
            notify => notify.Body.Contains("busy", StringComparison.Ordinal) || notify.Body.Contains("only", StringComparison.Ordinal));
    }

    private async Task Guessing(Func<Task> meanwhile)
    {
        using var stop = new CancellationTokenSource();
        using var underWay = new CountdownEvent(200);
        var guessers = Enumerable.Range(0, 200).Select(i => Task.Run(async () =>
        {
            await Attempts(AddressOf(i), "wrong" + i);
            underWay.Signal();
            while (!stop.IsCancellationRequested) await Attempts(AddressOf(i), "wrong" + i);
        })).ToList();
        try
        {
            await Deadline.Until(() => underWay.IsSet, "all to have guessed once", () => $"{underWay.CurrentCount} have not", TimeSpan.FromSeconds(60));
            await meanwhile();
        }
        finally
        {
            await stop.CancelAsync();
            await Task.WhenAll(guessers);
        }
    }

    private static string AddressOf(int guesser) => $"127.{1 + (guesser % 50)}.{guesser / 50}.9";

    private async Task<RawAnswer> Attempts(string address, string password, string name = "JoBrown")
    {
        await using var connection = await Server.ConnectAsync(IPAddress.Parse(address));
        var digest = new DigestClient(name, password);
        digest.Take((await connection.AskAsync(Request(""))).All("WWW-Authenticate").First(line => line.StartsWith("Digest", StringComparison.Ordinal)));
        return await connection.AskAsync(Request(digest.HeaderFor("SUBSCRIPTIONS", Jo.Path)));

        string Request(string proof) => $"SUBSCRIPTIONS {Jo.Path} HTTP/1.1\r\nHost: im.adatum.com\r\nNotification-Type: pragma/notify\r\n{proof}\r\n";
    }
}
