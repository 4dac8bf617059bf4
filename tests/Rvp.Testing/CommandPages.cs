using System.CommandLine;
using System.CommandLine.Help;
using System.Globalization;
using System.Text;

namespace Rvp.Testing;

/// <summary>What a program's commands, arguments and options are, written from the commands themselves: a manual page, a part of the reference.</summary>
internal static class CommandPages
{
    /// <summary>The commands of the server's program.</summary>
    public static RootCommand OfServer => RvpServer.Cli.ServerCommandLine.Create(RvpServer.Cli.CommandFamilies.All, RvpServer.ServerHost.RunAsync);

    /// <summary>All types of the server.</summary>
    public static IEnumerable<Type> ServerTypes => typeof(RvpServer.ServerHost).Assembly.GetTypes();

    /// <summary>A table of commands; below each what it takes.</summary>
    public static string Markdown(RootCommand root, string program)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"Every command: {Listed(Options(root), option => $"`{Spelled(option)}` {Lowered(option.Description)}")}\n");
        foreach (var (name, command) in Leaves(root, program))
        {
            text.Append(CultureInfo.InvariantCulture, $"\n### `{name}{Arguments(command)}`\n\n{Sentence(command.Description)}\n");
            if (command.Arguments.Count == 0 && !Options(command).Any()) continue;
            text.Append("\n| | |\n|---|---|\n");
            foreach (var argument in command.Arguments) text.Append(CultureInfo.InvariantCulture, $"| `{argument.Name}` | {Cell(argument.Description)} |\n");
            foreach (var option in Options(command)) text.Append(CultureInfo.InvariantCulture, $"| `{Spelled(option)}` | {Cell(option.Description)} |\n");
        }
        return text.ToString();
    }

    /// <summary>A manual page of section 1.</summary>
    public static string Manual(RootCommand root, string program, string exit, string see)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $".TH {program.ToUpperInvariant()} 1 \"\" RvpServer \"User Commands\"\n");
        text.Append(CultureInfo.InvariantCulture, $".SH NAME\n{program} \\- {Roff(Lowered(root.Description).TrimEnd('.'))}\n");
        text.Append(CultureInfo.InvariantCulture, $".SH SYNOPSIS\n.B {program}\n[\\fIcommand\\fR] [\\fIoptions\\fR]\n");
        text.Append(".SH OPTIONS OF EVERY COMMAND\n");
        foreach (var option in Options(root)) Append(Spelled(option), option.Description);
        text.Append(".SH COMMANDS\n");
        foreach (var (name, command) in Leaves(root, program))
        {
            text.Append(CultureInfo.InvariantCulture, $".SS \"{Roff(name + Arguments(command))}\"\n{Roff(Sentence(command.Description))}\n");
            foreach (var argument in command.Arguments) Append(argument.Name, argument.Description);
            foreach (var option in Options(command)) Append(Spelled(option), option.Description);
        }
        text.Append(CultureInfo.InvariantCulture, $".SH EXIT STATUS\n{Roff(exit)}\n");
        text.Append(CultureInfo.InvariantCulture, $".SH SEE ALSO\n{Roff(see)}\n");
        return text.ToString();

        void Append(string term, string? description) => text.Append(CultureInfo.InvariantCulture, $".TP\n.B {Roff(term)}\n{Roff(Sentence(description))}\n");
    }

    // A command that does nothing itself only leads to those below it.
    private static IEnumerable<(string Name, Command Command)> Leaves(Command parent, string name) =>
        parent.Subcommands.Where(command => !command.Hidden).SelectMany(command =>
            (command.Action is null ? [] : ((string, Command)[])[($"{name} {command.Name}", command)]).Concat(Leaves(command, $"{name} {command.Name}")));

    private static IEnumerable<Option> Options(Command command) =>
        command.Options.Where(option => !option.Hidden && option is not HelpOption and not VersionOption);

    private static string Arguments(Command command) =>
        string.Concat(command.Arguments.Select(argument => argument.Arity.MinimumNumberOfValues > 0 ? " " + argument.Name : $" [{argument.Name}]"));

    private static string Spelled(Option option) =>
        string.Join(", ", option.Aliases.Prepend(option.Name)) + (option.ValueType == typeof(bool) ? "" : " " + (option.HelpName ?? "VALUE"));

    private static string Listed<T>(IEnumerable<T> items, Func<T, string> write) => string.Join("; ", items.Select(write)) + ".";

    private static string Sentence(string? text) => string.IsNullOrEmpty(text) ? "" : text.TrimEnd('.') + ".";

    private static string Lowered(string? text) =>
        text is { Length: > 1 } && char.IsLower(text[1]) ? char.ToLowerInvariant(text[0]) + text[1..].TrimEnd('.') : (text ?? "").TrimEnd('.');

    private static string Cell(string? text) => (text ?? "").Replace("|", "\\|", StringComparison.Ordinal);

    // A line that begins with a dot or an apostrophe would be a command.
    private static string Roff(string text)
    {
        var plain = text.Replace("\\", "\\e", StringComparison.Ordinal).Replace("-", "\\-", StringComparison.Ordinal)
            .Replace("\"", "\\(dq", StringComparison.Ordinal);
        return plain.StartsWith('.') || plain.StartsWith('\'') ? "\\&" + plain : plain;
    }
}
