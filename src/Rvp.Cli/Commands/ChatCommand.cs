using System.CommandLine;
using Rvp.Cli.Chat;

namespace Rvp.Cli.Commands;

/// <summary><c>rvp chat [ADDRESS…]</c>: a conversation line by line.</summary>
internal static class ChatCommand
{
    public static Command Create(Terminal terminal)
    {
        var addresses = new Argument<string[]>("ADDRESS") { Description = "With whom; several make one conversation", Arity = ArgumentArity.ZeroOrMore };
        var idle = new Option<double>("--idle")
        {
            HelpName = "MINUTES",
            Description = "Others see you idle after so many minutes without a key; 0: never",
            DefaultValueFactory = _ => 10,
        };
        var whole = new Option<bool>("--full-screen") { Description = "Take the whole window: what was said, who is there (Tab), the line" };
        return new Command("chat", "Talks with people; /help lists what it understands") { addresses, idle, whole }.WithAction(terminal, async run =>
        {
            var people = (run.Parse.GetValue(addresses) ?? []).Select(AccountChoice.ParseAddress).Distinct().ToList();
            var patience = run.Parse.GetValue(idle);
            if (patience is not (>= 0 and <= 1440)) throw new ClientUsageException("--idle is from 0 to 1440 minutes.");
            if (run.Parse.GetValue(whole) && run.Terminal.Screen is null)
                throw new ClientUsageException("--full-screen needs a terminal that can be drawn on.");
            await KeptSignIn.UseAsync(run, run.Account, pollLimit: null, async client =>
            {
                using var screen = new ChatScreen(run.Terminal, run.Parse.GetValue(whole) ? $"rvp  {client.Options.Address.Shown}" : null);
                using var state = new OwnState(client, TimeSpan.FromMinutes(screen.Console.IsEdited ? patience : 0));
                await new ChatLoop(client, screen, state).RunAsync(people, run.Stop);
            });
        });
    }
}
