using System.CommandLine;
using System.Globalization;
using Rvp.Client;
using Rvp.Protocol;
using RvpServer.Configuration;

namespace RvpServer.Cli.Selftest;

/// <summary>The command <c>selftest</c>: the white paper's seven scenarios against the running server.</summary>
internal static class SelftestCommand
{
    private static readonly string[] Titles =
    [
        "Logging on", "Adding contacts", "Another one logs on", "Sending messages", "Changing the state", "Idle, and back", "Logging off",
    ];

    /// <summary><c>selftest</c>.</summary>
    public static Command Create(Func<ParseResult, CommandContext<SelftestSubject>> open)
    {
        var pair = new Option<string[]>("--pair")
        {
            HelpName = "ADDRESS ADDRESS",
            Arity = new ArgumentArity(2, 2),
            AllowMultipleArgumentsPerToken = true,
            Description = "Two accounts that exist, in place of temporary ones; their passwords are two lines of standard input",
        };
        var through = new Option<string?>("--through")
        {
            HelpName = "URL",
            Description = "Only through this server, for example the router's http://im.adatum.com",
        };
        var poll = new Option<bool>("--poll") { Description = "The two people poll, instead of being called back" };
        var outside = new Option<bool>("--dns") { Description = "Finds every server as clients do, by DNS, even those of this process" };
        var json = JsonOutput.Option();
        var command = new Command("selftest", "Plays the white paper's seven scenarios with two people against the running server")
        {
            pair, through, poll, outside, json,
        };
        return command.WithAction(open, async (context, stop) =>
        {
            var parsed = context.Parsed;
            var run = new SelftestRun(context.Subject)
            {
                Through = parsed.GetValue(through) is { } text ? UrlOf(text) : null,
                Mode = parsed.GetValue(poll) ? ConnectionMode.LongPoll : ConnectionMode.Default,
                IsByDns = parsed.GetValue(outside),
                Pair = parsed.GetValue(pair) is [var first, var second] ? [PersonOf(first, context), PersonOf(second, context)] : null,
            };
            var steps = new List<SelftestStep>();
            var isJson = parsed.GetValue(json);
            await run.RunAsync(step =>
            {
                if (!isJson) Write(context.Out, step, steps.LastOrDefault());
                steps.Add(step);
            }, stop);
            if (isJson) context.Out.WriteJson(steps);
            else context.Out.WriteLine(steps.All(step => step.HasPassed) ? "All is well." : "It does not work.");
            return steps.All(step => step.HasPassed) ? ExitCode.Done : ExitCode.Failed;
        });
    }

    private static void Write(TextWriter output, SelftestStep step, SelftestStep? before)
    {
        if (before?.Route != step.Route) output.WriteLine(step.Route);
        if (before?.Route != step.Route || before.Scenario != step.Scenario)
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {step.Scenario}. {Titles[step.Scenario - 1]}"));
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"     {(step.HasPassed ? "passed" : "FAILED")}  {step.Text} ({step.Milliseconds} ms)"));
        if (step.HasPassed) return;
        output.WriteLine($"             {step.Failure}");
        output.WriteLine($"             {step.Advice}");
    }

    private static Uri UrlOf(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme is "http" or "https" ? url
        : throw new UsageException($"\"{text}\" is no URL: write it as http://im.adatum.com.");

    private static (ImAddress, string) PersonOf(string text, CommandContext<SelftestSubject> context)
    {
        if (!ImAddress.TryParse(text, out var address)) throw new UsageException($"\"{text}\" is no IM address: write it as JoBrown@adatum.com.");
        return (address, context.In.ReadLine()?.TrimStart('\ufeff') ?? throw new UsageException("Standard input has to have two passwords, a line each."));
    }
}

/// <summary>What the test works with.</summary>
/// <param name="Settings">The configuration of the running server.</param>
/// <param name="Users">Its accounts.</param>
internal sealed record SelftestSubject(RvpSettings Settings, UserSubject Users) : IAsyncDisposable
{
    /// <inheritdoc/>
    public ValueTask DisposeAsync() => Users.DisposeAsync();
}
