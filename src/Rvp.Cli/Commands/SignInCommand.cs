using System.CommandLine;
using Rvp.Client;
using Rvp.Protocol;

namespace Rvp.Cli.Commands;

/// <summary><c>rvp signin</c> and <c>rvp signout</c>.</summary>
internal static class SignInCommand
{
    /// <summary>How long a sign-in and its state last while no program is running: as long as the server keeps a polled sign-in.</summary>
    private static readonly TimeSpan Lease = TimeSpan.FromMinutes(30);

    public static Command Create(Terminal terminal)
    {
        var forget = new Option<bool>("--no-save-password") { Description = "Keep the account but not the password" };
        return new Command("signin", "Signs in and keeps account, password, server and connection for the other commands")
        {
            forget, AccountChoice.PasswordStdin,
        }.WithAction(terminal, async run =>
        {
            var account = run.Account;
            await SetStateAsync(run, account, PresenceState.Online);
            var isSaved = !run.Parse.GetValue(forget);
            var password = isSaved && account.PasswordFileUsed is null ? account.Options.Password : null;
            run.Files.Save(new SavedAccount(
                account.Address.ToString(), account.ServerText, password, isSaved ? account.PasswordFileUsed : null, account.ConnectionText));
            var output = run.Terminal.Out;
            await output.WriteLineAsync(
                $"Signed in as {account.Address.Shown}. Others see you online for {Lease.TotalMinutes:0} minutes; rvp chat keeps you online.");
            if (password is not null)
            {
                await output.WriteLineAsync($"The password is saved in {run.Files.AccountPath}, which only you can read. rvp signout forgets it.");
            }
        });
    }

    public static Command CreateSignOut(Terminal terminal) =>
        new Command("signout", "Signs out and forgets account and password").WithAction(terminal, async run =>
        {
            if (SessionOf(run, null) is null && run.Files.Account is null) throw new FailedException("You are not signed in.");
            var account = run.Account;
            try
            {
                if (SessionOf(run, account) is { } session)
                {
                    await using var client = new RvpClient(account.Options with { Mode = ConnectionMode.LongPoll, KeepAlive = false, Resume = session });
                    await client.SignInAsync(null, run.Stop);
                    await client.SignOutAsync(run.Stop);
                }
            }
            finally
            {
                run.Files.Forget();
            }
            await run.Terminal.Out.WriteLineAsync($"{account.Address.Shown} is signed out.");
        });

    /// <summary>Sets a state in the sign-in that is kept between commands, and makes a sign-in if there is none.</summary>
    public static async Task SetStateAsync(CommandRun run, AccountChoice account, PresenceState state)
    {
        await using var client = new RvpClient(
            account.Options with { Mode = ConnectionMode.LongPoll, KeepAlive = false, StateLease = Lease, Resume = SessionOf(run, account) });
        await client.SignInAsync(state, run.Stop);
        if (await client.DetachAsync() is { } session) run.Files.Save(new SavedSession(account.Address.ToString(), account.ServerText, session));
    }

    /// <summary>The saved sign-in of this account at this server.</summary>
    public static RvpSession? SessionOf(CommandRun run, AccountChoice? account)
    {
        var saved = run.Files.Session;
        if (saved is null || account is null) return saved?.Session;
        return saved.Account.Equals(account.Address.ToString(), StringComparison.OrdinalIgnoreCase) && saved.Server == account.ServerText
            ? saved.Session
            : null;
    }
}
