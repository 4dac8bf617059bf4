using System.CommandLine;

namespace Rvp.Cli.Commands;

/// <summary><c>rvp completion SHELL</c>: prints what makes a shell complete the commands, as <c>deploy/completion</c> has it.</summary>
internal static class CompletionCommand
{
    private static readonly string[] Shells = ["bash", "zsh", "fish", "powershell"];

    public static Command Create(Terminal terminal)
    {
        var shell = new Argument<string>("SHELL") { Description = string.Join(", ", Shells) };
        shell.CompletionSources.Add(Shells);
        return new Command("completion", "Prints what makes a shell complete the words of rvp") { shell }.WithAction(terminal, async run =>
        {
            var wanted = run.Parse.GetRequiredValue(shell);
            if (!Shells.Contains(wanted)) throw new ClientUsageException($"\"{SafeText.Line(wanted)}\" is no shell of {string.Join(", ", Shells)}.");
            using var script = new StreamReader(typeof(CompletionCommand).Assembly.GetManifestResourceStream(wanted)!);
            await run.Terminal.Out.WriteAsync(await script.ReadToEndAsync(run.Stop));
        });
    }
}
