using System.CommandLine;
using Rvp.Cli.Chat;
using Rvp.Client;
using Rvp.Protocol;

namespace Rvp.Cli.Commands;

/// <summary><c>rvp chat [ADDRESS…]</c>: a conversation line by line.</summary>
internal static class ChatCommand
{
    public static Command Create(Terminal terminal)
    {
        var addresses = new Argument<string[]>("ADDRESS") { Description = "With whom; several make one conversation", Arity = ArgumentArity.ZeroOrMore };
        return new Command("chat", "Talks with people; /help lists what it understands") { addresses }.WithAction(terminal, async run =>
        {
            var people = (run.Parse.GetValue(addresses) ?? []).Select(AccountChoice.ParseAddress).Distinct().ToList();
            var account = run.Account;
            // A user who was signed in before stays signed in afterwards, and sees here the messages that have arrived since.
            var kept = SignInCommand.SessionOf(run, account);
            var isKept = kept is not null && account.Options.Mode == ConnectionMode.LongPoll;
            await using var client = new RvpClient(account.Options with { Resume = isKept ? kept : null });
            await client.SignInAsync(PresenceState.Online, run.Stop);
            try
            {
                using var screen = new ChatScreen(run.Terminal);
                await new ChatLoop(client, screen).RunAsync(people, run.Stop);
            }
            finally
            {
                if (isKept && await client.DetachAsync() is { } session)
                {
                    run.Files.Save(new SavedSession(account.Address.ToString(), account.ServerText, session));
                }
            }
        });
    }
}
