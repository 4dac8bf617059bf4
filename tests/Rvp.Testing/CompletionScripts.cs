using System.CommandLine;
using System.CommandLine.Completions;

namespace Rvp.Testing;

/// <summary>Completion scripts for the shells that people have, written from a program's commands.</summary>
internal sealed class CompletionScripts
{
    private const string Origin = "written from the program's commands: RVPSERVER_WRITE_REFERENCE=1 dotnet test tests/Rvp.Client.Tests";

    private readonly string program;
    private readonly List<Place> places;
    private readonly string[] files;
    private readonly string[] values;

    public CompletionScripts(RootCommand root, string program)
    {
        this.program = program;
        places = [.. PlacesOf(root, "", [])];
        var options = places.SelectMany(place => place.Words).Where(word => word.Value is not null).ToList();
        files = [.. options.Where(option => option.Value == "FILE").Select(option => option.Text).Distinct().Order(StringComparer.Ordinal)];
        values = [.. options.Select(option => option.Text).Distinct().Except(files).Order(StringComparer.Ordinal)];
        // One look at the word before is enough.
        var flags = places.SelectMany(place => place.Words).Where(word => word.Value is null).Select(word => word.Text);
        if (flags.Intersect(files.Concat(values)).FirstOrDefault() is { } both) throw new InvalidOperationException($"{both} is with and without a value.");
    }

    /// <summary>For bash 4.4 and later.</summary>
    public string Bash() => $$"""
        # Completion for {{program}} in bash, {{Origin}}
        _{{program}}() {
          local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]} command='' word words=''
          for word in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
            case "$command $word" in
              {{Commands(" | ")}}) command=${command:+$command }$word ;;
            esac
          done
          case $previous in
            {{string.Join(" | ", files)}}) compopt -o default; return ;;
            {{string.Join(" | ", values)}}) return ;;
          esac
          case $command in
        {{Lines(BashLine)}}
          esac
          mapfile -t COMPREPLY < <(compgen -W "$words" -- "$current")
        }
        complete -F _{{program}} {{program}}

        """;

    /// <summary>For zsh: a file of its function path, or read by <c>source</c>.</summary>
    public string Zsh() => $$"""
        #compdef {{program}}
        # Completion for {{program}} in zsh, {{Origin}}
        _{{program}}() {
          local command='' word
          local -a candidates
          for word in ${words[2,CURRENT-1]}; do
            case "$command $word" in
              ({{Commands("|")}}) command=${command:+$command }$word ;;
            esac
          done
          case ${words[CURRENT-1]} in
            ({{string.Join('|', files)}}) _files; return ;;
            ({{string.Join('|', values)}}) return 1 ;;
          esac
          case $command in
        {{Lines(ZshLine)}}
          esac
          _describe {{program}} candidates{{(places.Any(place => place.TakesFile) ? " || _files" : "")}}
        }
        if [ "$funcstack[1]" = _{{program}} ]; then _{{program}} "$@"; else compdef _{{program}} {{program}}; fi

        """;

    /// <summary>For fish 3 and later.</summary>
    public string Fish() => $$"""
        # Completion for {{program}} in fish, {{Origin}}
        function __{{program}}_is
          set -l command
          for word in (commandline -opc)[2..-1]
            switch "$command $word"
              case {{Commands(" ")}}
                set command (string trim -- "$command $word")
            end
          end
          test "$command" = "$argv[1]"
        end
        complete -c {{program}} -f
        {{string.Join('\n', places.SelectMany(FishLines))}}

        """;

    /// <summary>For Windows PowerShell 5.1 and later.</summary>
    public string PowerShell() => $$"""
        # Completion for {{program}} in PowerShell, {{Origin}}
        Register-ArgumentCompleter -Native -CommandName {{program}} -ScriptBlock {
          param($wordToComplete, $commandAst, $cursorPosition)
          $places = @{
        {{Lines(PowerShellLine)}}
          }
          $place = ''
          foreach ($element in $commandAst.CommandElements) {
            if ($element.Extent.StartOffset -eq 0 -or $element.Extent.EndOffset -ge $cursorPosition) { continue }
            $longer = "$place $($element.Extent.Text)".Trim()
            if ($places.ContainsKey($longer)) { $place = $longer }
          }
          foreach ($word in $places[$place].Keys) {
            if ($word.StartsWith($wordToComplete)) {
              [System.Management.Automation.CompletionResult]::new($word, $word, 'ParameterValue', $places[$place][$word])
            }
          }
        }

        """;

    private static string BashLine(Place place) =>
        $"    {Quoted(place.Path)}) words={Quoted(string.Join(' ', place.Words.Select(word => word.Text)))}"
            + $"{(place.TakesFile ? "; compopt -o default" : "")} ;;";

    private static string ZshLine(Place place) =>
        $"    ({Quoted(place.Path)}) candidates=({string.Join(' ', place.Words.Select(word => Quoted($"{word.Text}:{word.Description}")))}) ;;";

    private static string PowerShellLine(Place place) =>
        $"    {InPowerShell(place.Path)} = [ordered]@{{ "
            + $"{string.Join("; ", place.Words.Select(word => $"{InPowerShell(word.Text)} = {InPowerShell(word.Description)}"))} }}";

    private IEnumerable<string> FishLines(Place place)
    {
        var here = $"complete -c {program} -n \"__{program}_is {InFish(place.Path)}\"";
        if (place.TakesFile) yield return $"{here} -F";
        foreach (var word in place.Words)
        {
            var name = word.Text.StartsWith("--", StringComparison.Ordinal) ? $"-l {word.Text[2..]}" : $"-a {InFish(word.Text)}";
            yield return $"{here} {name}{(word.Value switch { null => "", "FILE" => " -r -F", _ => " -x" })} -d {InFish(word.Description)}";
        }
    }

    // The commands below the root, each after the one that it belongs to.
    private string Commands(string between) => string.Join(between, places.Where(place => place.Path.Length > 0)
        .Select(place => Quoted((place.Path.Contains(' ', StringComparison.Ordinal) ? "" : " ") + place.Path)));

    private string Lines(Func<Place, string> write) => string.Join('\n', places.Select(write));

    private static string Quoted(string text) => $"'{text.Replace("'", "'\\''", StringComparison.Ordinal)}'";

    private static string InFish(string text) =>
        $"'{text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("'", "\\'", StringComparison.Ordinal)}'";

    private static string InPowerShell(string text) => $"'{text.Replace("'", "''", StringComparison.Ordinal)}'";

    private static IEnumerable<Place> PlacesOf(Command command, string path, IReadOnlyList<Option> inherited)
    {
        var options = command.Options.Where(option => !option.Hidden).ToList();
        var below = command.Subcommands.Where(sub => !sub.Hidden).ToList();
        var choices = command.Arguments.SelectMany(argument => argument.GetCompletions(CompletionContext.Empty)).Select(choice => choice.Label);
        yield return new Place(path,
        [
            .. below.Select(sub => new Word(sub.Name, Plain(sub.Description ?? sub.Name), null)),
            .. choices.Select(choice => new Word(choice, Plain(command.Description ?? choice), null)),
            .. options.Concat(inherited).DistinctBy(option => option.Name).Where(option => option.Name.StartsWith("--", StringComparison.Ordinal))
                .Select(option => new Word(option.Name, Plain(option.Description ?? option.Name), ValueOf(option))),
        ],
        command.Arguments.Any(argument => argument.Name.Contains("FILE", StringComparison.Ordinal)));
        var passedOn = inherited.Concat(options.Where(option => option.Recursive)).ToList();
        foreach (var sub in below)
            foreach (var place in PlacesOf(sub, $"{path} {sub.Name}".Trim(), passedOn)) yield return place;
    }

    private static string? ValueOf(Option option) =>
        option.Arity.MaximumNumberOfValues == 0 || option.ValueType == typeof(bool) ? null
        : option.HelpName?.Contains("FILE", StringComparison.Ordinal) == true ? "FILE" : "VALUE";

    // On one line, which every shell takes for text.
    private static string Plain(string text) => text.ReplaceLineEndings(" ").Replace("`", "", StringComparison.Ordinal);

    /// <summary>Where a command line may be, and what may come next.</summary>
    private sealed record Place(string Path, IReadOnlyList<Word> Words, bool TakesFile);

    /// <summary>A word that may come next; an option may take a value.</summary>
    private sealed record Word(string Text, string Description, string? Value);
}
