using System.CommandLine;
using Rvp.Cli.Chat;

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
            await KeptSignIn.UseAsync(run, run.Account, pollLimit: null, async client =>
            {
                using var screen = new ChatScreen(run.Terminal);
                await new ChatLoop(client, screen).RunAsync(people, run.Stop);
            });
        });
    }
}
