using System.CommandLine;
using Rvp.Client;
using Rvp.Protocol;

namespace Rvp.Cli.Commands;

/// <summary><c>rvp status [STATE]</c>: shows or sets the user's own state.</summary>
internal static class StatusCommand
{
    private static readonly string[] Names = [.. Enum.GetValues<PresenceState>().Select(PresenceStates.NameOf)];

    public static Command Create(Terminal terminal)
    {
        var state = new Argument<string?>("STATE") { Description = string.Join(", ", Names), Arity = ArgumentArity.ZeroOrOne };
        state.CompletionSources.Add(Names);
        var json = ClientCommandLine.Json();
        return new Command("status", "Shows or sets what others see of you") { state, json }.WithAction(terminal, async run =>
        {
            var wanted = run.Parse.GetValue(state) is { } name ? ParseState(name) : (PresenceState?)null;
            var account = run.Account;
            if (wanted is not null) await SignInCommand.SetStateAsync(run, account, wanted.Value);
            await using var client = new RvpClient(account.Options);
            var own = await client.GetPresenceAsync(account.Address, run.Stop);
            if (run.Parse.GetValue(json)) run.Terminal.Out.WriteJson(new { address = own.Address.ToString(), state = PresenceStates.NameOf(own.State) });
            else await run.Terminal.Out.WriteLineAsync(PresenceStates.NameOf(own.State));
        });
    }

    public static PresenceState ParseState(string name) =>
        PresenceStates.TryParseName(name.ToLowerInvariant(), out var state)
            ? state
            : throw new ClientUsageException($"\"{SafeText.Line(name)}\" is no state: write one of {string.Join(", ", Names)}.");
}
