using System.Diagnostics.Metrics;
using System.Globalization;
using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using RvpServer.Admin;
using RvpServer.Runtime;
using Serilog;
using Serilog.Core;
using Serilog.Events;
using Serilog.Formatting;

namespace RvpServer.Tests.Admin;

/// <summary>What a person reads on a terminal and in the journal.</summary>
public sealed class ConsoleLineTests
{
    [Fact]
    public void A_line_on_a_terminal_has_time_level_event_and_message() =>
        Assert.Matches("^[0-9]{2}:[0-9]{2}:[0-9]{2} warn  Abuse: Refused Guesses from 192.0.2.7\n$", Write(ConsoleLine.ForTerminal(isColoured: false)));

    [Fact]
    public void Colours_are_for_terminals_alone()
    {
        Assert.Contains("\e[33mwarn \e[0m Abuse: ", Write(ConsoleLine.ForTerminal(isColoured: true)), StringComparison.Ordinal);
        Assert.DoesNotContain('\e', Write(ConsoleLine.ForTerminal(isColoured: false)) + Write(ConsoleLine.ForJournal()));
    }

    [Fact]
    public void A_line_in_the_journal_has_its_level_before_it_and_no_time() =>
        Assert.Equal("<4>Abuse: Refused Guesses from 192.0.2.7\n", Write(ConsoleLine.ForJournal()));

    [Theory]
    [InlineData("x\nAbuse: Refused Guesses from 192.0.2.7", "x\\u000aAbuse: Refused Guesses from 192.0.2.7")]
    [InlineData("\e[2Jgone", "\\u001b[2Jgone")]
    [InlineData("\u202Ekcirt", "\\u202ekcirt")]
    [InlineData("Zoë Ω 🙂", "Zoë Ω 🙂")]
    public void What_others_wrote_stays_in_its_line(string written, string shown) =>
        Assert.Equal($"<6>ErrorAnswers: GET {shown}\n", Write(ConsoleLine.ForJournal(), log => log.LogInformation("{Verb} {Path}", "GET", written)));

    [Fact]
    public void A_line_without_an_event_begins_with_its_part_and_not_with_what_others_wrote() =>
        Assert.Equal("<6>ErrorAnswers: Abuse: Refused Guesses from 192.0.2.7\n",
            Write(ConsoleLine.ForJournal(), log => log.LogInformation("{Path}", "Abuse: Refused Guesses from 192.0.2.7")));

    [Fact]
    public void An_exception_is_a_word_in_a_warning_and_all_of_it_in_an_error()
    {
        var cause = new InvalidOperationException("two\nlines");

        var warning = Write(ConsoleLine.ForJournal(), log => log.LogWarning(cause, "Away"));
        var error = Write(ConsoleLine.ForJournal(), log => log.LogError(cause, "Broken"));

        Assert.Equal("<4>ErrorAnswers: Away: two\\u000alines\n", warning);
        Assert.Equal("<3>ErrorAnswers: Broken\n<3>    System.InvalidOperationException: two\n<3>    lines\n", error);
    }

    private static string Write(ITextFormatter form) => WriteAll(form, services =>
        new AbuseLog(services.GetRequiredService<IMeterFactory>(), services.GetRequiredService<ILoggerFactory>(), TimeProvider.System)
            .Refused(AbuseKind.Guesses, IPAddress.Parse("192.0.2.7")));

    private static string Write(ITextFormatter form, Action<Microsoft.Extensions.Logging.ILogger> log) =>
        WriteAll(form, services => log(services.GetRequiredService<ILoggerFactory>().CreateLogger("RvpServer.Http.ErrorAnswers")));

    private static string WriteAll(ITextFormatter form, Action<IServiceProvider> work)
    {
        using var text = new StringWriter(CultureInfo.InvariantCulture) { NewLine = "\n" };
        var logger = new LoggerConfiguration().MinimumLevel.Verbose().WriteTo.Sink(new Writer(form, text)).CreateLogger();
        using (var services = new ServiceCollection().AddMetrics().AddSerilog(logger, dispose: true).BuildServiceProvider()) work(services);
        return text.ToString();
    }

    private sealed class Writer(ITextFormatter form, TextWriter text) : ILogEventSink
    {
        public void Emit(LogEvent logEvent) => form.Format(logEvent, text);
    }
}
