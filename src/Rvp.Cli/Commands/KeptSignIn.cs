using Rvp.Client;
using Rvp.Protocol;

namespace Rvp.Cli.Commands;

/// <summary>
/// A sign-in while a command runs. Who was signed in before, by <c>rvp signin</c>, stays so afterwards, and gets here the messages that have come since.
/// </summary>
internal static class KeptSignIn
{
    public static async Task UseAsync(CommandRun run, AccountChoice account, int? pollLimit, Func<RvpClient, Task> use)
    {
        var kept = SignInCommand.SessionOf(run, account);
        var isKept = kept is not null && account.Options.Mode == ConnectionMode.LongPoll;
        await using var client = new RvpClient(account.Options with { Resume = isKept ? kept : null, PollLimit = pollLimit });
        await client.SignInAsync(PresenceState.Online, run.Stop);
        try
        {
            await use(client);
        }
        finally
        {
            if (isKept && await client.DetachAsync() is { } session)
            {
                run.Files.Save(new SavedSession(account.Address.ToString(), account.ServerText, session));
            }
        }
    }
}
