using System.Globalization;
using System.Text;
using RvpServer.Runtime;
using Serilog.Events;
using Serilog.Formatting;
using Serilog.Formatting.Compact;
using Serilog.Formatting.Display;

namespace RvpServer.Admin;

/// <summary>
/// An event as one short line that a person reads: time, level, event, message. What others have written into it cannot end the line, begin another, or move a
/// terminal's cursor. Errors have their exception in the lines below.
/// </summary>
internal sealed class ConsoleLine : ITextFormatter
{
    private const string Grey = "\e[90m";
    private const string Plain = "\e[0m";

    private static readonly MessageTemplateTextFormatter Message = new("{Message:l}", CultureInfo.InvariantCulture);

    private readonly bool isForJournal;
    private readonly bool isColoured;

    private ConsoleLine(bool isForJournal, bool isColoured) => (this.isForJournal, this.isColoured) = (isForJournal, isColoured);

    /// <summary>For a terminal.</summary>
    public static ConsoleLine ForTerminal(bool isColoured) => new(isForJournal: false, isColoured);

    /// <summary>For the journal of systemd, which has a time of its own, and reads the level as a number before the line. [sd-daemon(3)]</summary>
    public static ConsoleLine ForJournal() => new(isForJournal: true, isColoured: false);

    /// <summary>What the standard output of this process calls for: programs get JSON.</summary>
    public static ITextFormatter ForThisProcess()
    {
        if (IsJournal(Environment.GetEnvironmentVariable("JOURNAL_STREAM"))) return ForJournal();
        if (Console.IsOutputRedirected) return new RenderedCompactJsonFormatter();
        // https://no-color.org, and terminals that know no colours.
        return ForTerminal(string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR")) && Environment.GetEnvironmentVariable("TERM") is not "dumb");
    }

    /// <inheritdoc/>
    public void Format(LogEvent logEvent, TextWriter output)
    {
        var text = new StringWriter(CultureInfo.InvariantCulture);
        Message.Format(logEvent, text);
        var (priority, level, colour) = Describe(logEvent.Level);
        var cause = logEvent is { Exception: { } exception, Level: < LogEventLevel.Error } ? ": " + exception.Message : "";
        var line = $"{NameOf(logEvent)}: {Safe(text + cause)}";
        if (isForJournal) output.WriteLine($"<{priority}>{line}");
        else
        {
            var time = logEvent.Timestamp.ToString("HH:mm:ss", CultureInfo.InvariantCulture);
            output.WriteLine(isColoured ? $"{Grey}{time}{Plain} {colour}{level}{Plain} {line}" : $"{time} {level} {line}");
        }
        if (logEvent is not { Exception: { } mistake, Level: >= LogEventLevel.Error }) return;
        foreach (var part in mistake.ToString().Split('\n')) output.WriteLine($"{(isForJournal ? $"<{priority}>" : "")}    {Safe(part.TrimEnd('\r'))}");
    }

    // Never left out: what comes first in the line is not what somebody sent.
    private static string NameOf(LogEvent logEvent)
    {
        if (logEvent.Properties.GetValueOrDefault("EventId") is StructureValue id
            && id.Properties.FirstOrDefault(property => property.Name == "Name")?.Value is ScalarValue { Value: string name }) return name;
        return logEvent.Properties.GetValueOrDefault("SourceContext") is ScalarValue { Value: string source } ? source[(source.LastIndexOf('.') + 1)..] : "log";
    }

    private static string Safe(string text)
    {
        if (!text.Any(IsUnsafe)) return text;
        var safe = new StringBuilder(text.Length + 8);
        foreach (var c in text)
        {
            if (IsUnsafe(c)) safe.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}");
            else safe.Append(c);
        }
        return safe.ToString();
    }

    // Also what turns the direction of writing: a name could be read as another.
    private static bool IsUnsafe(char c) =>
        char.GetUnicodeCategory(c) is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;

    private static (int Priority, string Level, string Colour) Describe(LogEventLevel level) => level switch
    {
        LogEventLevel.Fatal => (2, "FATAL", "\e[97;41m"),
        LogEventLevel.Error => (3, "ERROR", "\e[31m"),
        LogEventLevel.Warning => (4, "warn ", "\e[33m"),
        LogEventLevel.Information => (6, "info ", "\e[32m"),
        _ => (7, "debug", Grey),
    };

    // "device:inode" of the stream that systemd has made: a shell below a service inherits the variable, and has another stream. [systemd.exec(5)]
    private static bool IsJournal(string? stream) =>
        stream?.Split(':') is [_, var inode] && ulong.TryParse(inode, CultureInfo.InvariantCulture, out var wanted)
        && UnixCalls.Identify("/proc/self/fd/1") is { } output && output.Inode == wanted;
}
