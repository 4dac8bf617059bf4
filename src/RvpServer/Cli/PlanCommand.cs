using System.CommandLine;
using System.Globalization;
using RvpServer.Cli.Planning;

namespace RvpServer.Cli;

/// <summary>The command <c>plan</c>: what so many people take, by the model of docs/scale.md.</summary>
internal static class PlanCommand
{
    /// <summary>The most that are planned for.</summary>
    public const double MostAccounts = 10_000_000;

    private static readonly Workload Usual = new() { Accounts = 0 };

    /// <summary><c>plan --accounts N</c>.</summary>
    public static Command Create()
    {
        var accounts = Number("--accounts", "Accounts", null, 1, MostAccounts, isWhole: true);
        var online = Number("--online", "Share of the accounts that is signed in at a time", Usual.Online, 0.001, 1);
        var polled = Number("--polled", "Share of those whose client polls, as the web client does", Usual.Polled, 0, 1);
        var contacts = Number("--contacts", "Contacts of each who are signed in too", Usual.Contacts, 0, 10_000, isWhole: true);
        var changes = Number("--changes", "Changes of state of each who is signed in, an hour", Usual.Changes, 0, 3600);
        var messages = Number("--messages", "Messages of each who is signed in, an hour", Usual.Messages, 0, 3600);
        var peak = Number("--peak", "The peak as a multiple of the mean of working hours", Usual.Peak, 1, 100);
        var cores = Number("--cores", "Processor cores of the machine of a process", Usual.Cores, 1, 1024, isWhole: true);
        var history = new Option<bool>("--history") { Description = "A history is kept (Rvp:Messages:Archive)" };
        var json = JsonOutput.Option();
        var plan = new Command("plan", "What so many people take: processes, machines, database, network, and what comes to its end first")
        {
            accounts, online, polled, contacts, changes, messages, peak, cores, history, json,
        };
        return plan.WithAction(parsed => new CommandContext<Workload>(parsed, Read(parsed), Console.In), (context, _) =>
        {
            var work = context.Subject;
            var made = Sizing.Of(work);
            var reach = Enum.GetValues<Form>().ToDictionary(form => form, form => Sizing.ReachOf(work, form, MostAccounts));
            if (context.Parsed.GetValue(json)) context.Out.WriteJson(new { For = work, Takes = made, Reach = reach });
            else foreach (var line in SizingText.LinesOf(work, made, reach)) context.Out.WriteLine(line);
            return Task.FromResult(ExitCode.Done);
        });

        Workload Read(ParseResult parsed) => new()
        {
            Accounts = parsed.GetValue(accounts),
            Online = parsed.GetValue(online),
            Polled = parsed.GetValue(polled),
            Contacts = parsed.GetValue(contacts),
            Changes = parsed.GetValue(changes),
            Messages = parsed.GetValue(messages),
            Peak = parsed.GetValue(peak),
            Cores = parsed.GetValue(cores),
            HasHistory = parsed.GetValue(history),
        };
    }

    private static Option<double> Number(string name, string description, double? otherwise, double least, double most, bool isWhole = false)
    {
        var option = new Option<double>(name)
        {
            Description = otherwise is { } usual ? Invariant($"{description}; {usual} where it is left out") : description,
            HelpName = isWhole ? "N" : "NUMBER",
            Required = otherwise is null,
            CustomParser = result =>
            {
                var text = result.Tokens[0].Value;
                if (double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)
                    && number >= least && number <= most && (!isWhole || double.IsInteger(number))) return number;
                result.AddError(Invariant($"{name} is \"{text}\": write a {(isWhole ? "whole " : "")}number from {least:0.###} to {most:0}"));
                return 0;
            },
        };
        if (otherwise is { } value) option.DefaultValueFactory = _ => value;
        return option;
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
