using Rvp.Client;
using Rvp.Protocol;

namespace RvpServer.Cli.Selftest;

/// <summary>The white paper's seven scenarios, step by step, between two people who sign in over one route. [white paper, chapter 4]</summary>
/// <param name="route">Where they sign in, for the lines.</param>
/// <param name="jo">Who begins.</param>
/// <param name="kari">The other one.</param>
/// <param name="report">Told of each step.</param>
internal sealed class Scenarios(string route, Actor jo, Actor kari, Action<SelftestStep> report)
{
    private const string Hello = "Hello from the self-test";
    private const string Answer = "Answer of the self-test";

    private readonly TimeProvider clock = jo.Client.Options.Clock;

    /// <summary>Plays all; false after the first step that failed, since each needs those before it.</summary>
    public async Task<bool> PlayAsync(CancellationToken stop)
    {
        foreach (var (scenario, text, play) in Steps(stop))
        {
            var began = clock.GetTimestamp();
            var (failure, advice) = await TryAsync(play);
            report(new SelftestStep(route, scenario, text, (long)clock.GetElapsedTime(began).TotalMilliseconds, failure, advice));
            if (failure is not null) return false;
        }
        return true;
    }

    private IEnumerable<(int Scenario, string Text, Func<Task> Play)> Steps(CancellationToken stop) =>
    [
        (1, "the server is found and accepts the password", () => jo.Client.VerifyAsync(stop)),
        (1, "the first one signs in and is online", () => jo.Client.SignInAsync(PresenceState.Online, stop)),
        (1, "access list and watchers can be read", async () =>
        {
            await jo.Client.GetAccessListAsync(stop);
            await jo.Client.GetWatchersAsync(stop);
        }),
        (2, "each lets the other see the own presence", async () =>
        {
            await jo.Client.AllowAsync(kari.Address, stop);
            await kari.Client.AllowAsync(jo.Address, stop);
        }),
        (2, "the first one adds the other as a contact, who is offline", () => AddsAsync(jo, kari, PresenceState.Offline, stop)),
        (3, "the other one signs in, and the first is told", async () =>
        {
            await kari.Client.SignInAsync(PresenceState.Online, stop);
            await jo.SeesAsync(kari, PresenceState.Online);
        }),
        (3, "the other one adds the first, who is online", () => AddsAsync(kari, jo, PresenceState.Online, stop)),
        (4, "who types is seen to type", async () =>
        {
            await (await jo.Client.ConverseAsync([kari.Address], stop)).TypingAsync(stop);
            await kari.HearsAsync(news => news is RvpEvent.Typing { From: var from } && from.Equals(jo.Address), $"{jo.Address} types");
        }),
        (4, "a message arrives", () => SaysAsync(jo, kari, Hello, stop)),
        (4, "its answer arrives", () => SaysAsync(kari, jo, Answer, stop)),
        (5, "who is on the phone is seen so", () => ChangesAsync(jo, kari, PresenceState.OnPhone, stop)),
        (6, "who is idle is seen away", () => ChangesAsync(kari, jo, PresenceState.Away, stop)),
        (6, "who comes back is seen online", () => ChangesAsync(kari, jo, PresenceState.Online, stop)),
        (7, "who signs out is seen offline", async () =>
        {
            await kari.Client.SignOutAsync(stop);
            await jo.SeesAsync(kari, PresenceState.Offline);
        }),
        (7, "the last one signs out", () => jo.Client.SignOutAsync(stop)),
    ];

    private static async Task AddsAsync(Actor who, Actor whom, PresenceState state, CancellationToken stop)
    {
        var seen = await who.Client.WatchAsync(whom.Address, stop);
        if (seen.State == state) return;
        throw new SelftestException($"{who.Address} sees {whom.Address} {seen.State.ToString().ToLowerInvariant()}, not {state.ToString().ToLowerInvariant()}",
            "somebody else is signed in with this account, or its access list keeps the two apart");
    }

    private static async Task ChangesAsync(Actor who, Actor watcher, PresenceState state, CancellationToken stop)
    {
        await who.Client.SetStateAsync(state, stop);
        await watcher.SeesAsync(who, state);
    }

    private static async Task SaysAsync(Actor who, Actor whom, string text, CancellationToken stop)
    {
        var result = await who.Client.SendAsync(whom.Address, text, stop);
        if (!result.IsDelivered) throw new SelftestException(result.Line, "look at the server's log, and at the access list of the recipient");
        await whom.HearsAsync(news => news is RvpEvent.MessageReceived { Text: var heard } && heard == text, $"{who.Address} wrote");
    }

    private static async Task<(string? Failure, string? Advice)> TryAsync(Func<Task> play)
    {
        try
        {
            await play();
            return (null, null);
        }
        catch (SelftestException failure)
        {
            return (failure.Message, failure.Advice);
        }
        catch (RvpClientException failure)
        {
            return (failure.Message, AdviceFor(failure.Error));
        }
    }

    private static string AdviceFor(RvpError error) => error switch
    {
        RvpError.Unreachable => "is the server running? does a firewall let its port through? rvpserver config check tells more",
        RvpError.ResolverFailed or RvpError.NoSuchServer => "rvpserver dns check DOMAIN says what DNS lacks",
        RvpError.WrongPassword => "the password is another one at this server: see rvpserver user passwd, and Rvp:Authentication:Schemes",
        RvpError.NoSuchPerson => "the server does not know the account: is its home server this one? rvpserver user show ADDRESS",
        RvpError.NotAllowed => "an access list or Rvp:Federation keeps the two apart",
        RvpError.Busy => "the server is overloaded or cannot reach its store or directory: see /readyz on the Admin URL",
        _ => "look at the server's log",
    };
}
