using System.CommandLine;
using RvpServer.Configuration;

namespace RvpServer.Cli;

/// <summary>The command family <c>key</c>: the secret that the servers of one organisation share.</summary>
internal static class KeyCommand
{
    /// <summary><c>key new FILE</c>.</summary>
    public static Command Create()
    {
        var file = new Argument<string>("FILE") { Description = "Does not exist yet; only its owner will be able to read it" };
        var make = new Command("new", "Makes the key that Rvp:OrganisationKeyFile names; copy it to every server of the organisation") { file };
        make.WithAction(parsed => new CommandContext<string>(parsed, parsed.GetRequiredValue(file), Console.In), async (context, stop) =>
        {
            var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
            if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            await using var writer = new StreamWriter(context.Subject, options);
            await writer.WriteLineAsync(OrganisationKey.Make().AsMemory(), stop);
            context.Out.WriteLine($"{context.Subject} holds a new key.");
            return ExitCode.Done;
        });
        return new Command("key", "The secret that all servers of an organisation share") { make };
    }
}
