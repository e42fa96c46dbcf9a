// powershell-host FILE: parses a script, runs it in PowerShell's engine without any module, and prints what came out as JSON.
using System.Management.Automation;
using System.Management.Automation.Language;
using System.Management.Automation.Runspaces;
using System.Text.Json;

Parser.ParseFile(args[0], out _, out ParseError[] mistakes);
var ran = new Ran(mistakes.Select(mistake => $"{mistake.Extent.StartLineNumber}: {mistake.Message}").ToList());
if (mistakes.Length == 0) Run(args[0], ran);
Console.WriteLine(JsonSerializer.Serialize(ran));

static void Run(string file, Ran ran)
{
    using var runspace = RunspaceFactory.CreateRunspace(InitialSessionState.CreateDefault2());
    runspace.Open();
    using var shell = PowerShell.Create(runspace);
    try
    {
        foreach (var item in shell.AddScript(File.ReadAllText(file)).Invoke()) ran.Output.Add(ToPlain(item));
    }
    catch (RuntimeException error)
    {
        ran.Thrown = error.ErrorRecord.ToString();
    }
    ran.Errors.AddRange(shell.Streams.Error.Select(error => error.ToString()));
    ran.Warnings.AddRange(shell.Streams.Warning.Select(warning => warning.Message));
}

static object? ToPlain(PSObject? item) => item?.BaseObject is PSCustomObject
    ? item.Properties.ToDictionary(property => property.Name, property => property.Value?.ToString())
    : item?.ToString();

sealed record Ran(List<string> Mistakes)
{
    public List<object?> Output { get; } = [];
    public List<string> Warnings { get; } = [];
    public List<string> Errors { get; } = [];
    public string? Thrown { get; set; }
}
