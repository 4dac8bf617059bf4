using System.CommandLine;
using Rvp.Client;

namespace Rvp.Cli.Commands;

/// <summary><c>rvp passwd</c>: changes the user's own password.</summary>
internal static class PasswordCommand
{
    public static Command Create(Terminal terminal)
    {
        var file = new Option<string?>("--new-password-file")
        {
            HelpName = "FILE",
            Description = "File whose first line is the new one (or RVP_NEW_PASSWORD holds it)",
        };
        return new Command("passwd", "Changes your password; sign-ins with the old one end") { file }.WithAction(terminal, async run =>
        {
            var account = run.Account;
            var wanted = Read(run, run.Parse.GetValue(file));
            await using (var client = new RvpClient(account.Options)) await client.ChangePasswordAsync(wanted, run.Stop);
            await run.Terminal.Out.WriteLineAsync($"{account.Address.Shown} has a new password.");
            if (account.PasswordFileUsed is { } used) await run.Terminal.Out.WriteLineAsync($"Write it into {used}, which has the old one.");
            else if (run.Files.Account is { Password: not null } saved && saved.Account.Equals(account.Address.ToString(), StringComparison.OrdinalIgnoreCase))
                run.Files.Save(saved with { Password = wanted });
        });
    }

    private static string Read(CommandRun run, string? file)
    {
        if (file is not null)
            return File.ReadLines(file).FirstOrDefault() is { Length: > 0 } line ? line : throw new FailedException($"{file} holds no password.");
        if (run.Terminal.Environment("RVP_NEW_PASSWORD") is { Length: > 0 } given) return given;
        var typed = run.Terminal.AskSecret("New password: ")
            ?? throw new ClientUsageException("No new password: give --new-password-file FILE, or set RVP_NEW_PASSWORD.");
        return typed == run.Terminal.AskSecret("Again: ") ? typed : throw new ClientUsageException("The passwords differ.");
    }
}
