using System.CommandLine;

namespace Rvp.Testing;

/// <summary>What a program left when it had ended.</summary>
/// <param name="Code">The exit code.</param>
/// <param name="Out">Its standard output.</param>
/// <param name="Error">Its standard error.</param>
internal sealed record Ran(int Code, string Out, string Error)
{
    /// <summary>Runs a command in this process.</summary>
    /// <param name="run">Runs it with its standard output and standard error, and gives the exit code.</param>
    public static async Task<Ran> InProcessAsync(Func<TextWriter, TextWriter, Task<int>> run)
    {
        await using var output = new StringWriter { NewLine = "\n" };
        await using var error = new StringWriter { NewLine = "\n" };
        var code = await run(output, error);
        return new Ran(code, output.ToString(), error.ToString());
    }

    /// <summary>Runs a command in this process.</summary>
    public static Task<Ran> InProcessAsync(ParseResult command) =>
        InProcessAsync((output, error) => command.InvokeAsync(new InvocationConfiguration { Output = output, Error = error }));
}
