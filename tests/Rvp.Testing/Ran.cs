using System.CommandLine;
using System.Diagnostics;
using System.Text;

namespace Rvp.Testing;

/// <summary>What a program left when it had ended.</summary>
/// <param name="Code">The exit code.</param>
/// <param name="Out">Its standard output.</param>
/// <param name="Error">Its standard error.</param>
internal sealed record Ran(int Code, string Out, string Error)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false);

    /// <summary>Runs a program to its end, whether it succeeds or not.</summary>
    public static async Task<Ran> OfProcessAsync(ProcessStartInfo start, string input = "", TimeSpan? patience = null)
    {
        start.RedirectStandardInput = start.RedirectStandardOutput = start.RedirectStandardError = true;
        start.StandardInputEncoding = start.StandardOutputEncoding = start.StandardErrorEncoding = Utf8;
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        await process.StandardInput.WriteAsync(input);
        process.StandardInput.Close();
        await process.WaitForExitAsync().WaitAsync(patience ?? Patience);
        return new Ran(process.ExitCode, await output, await errors);
    }

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
