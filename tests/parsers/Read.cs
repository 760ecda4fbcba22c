// Reads lines of JSON with System.Web.Script.Serialization.JavaScriptSerializer, which ConvertFrom-Json of Windows PowerShell 5.1 uses, and prints what it
// understood, as tests/parsers/run.mjs explains. Keys that differ only in case are an error: PowerShell refuses them.
using System;
using System.Collections;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Text;
using System.Web.Script.Serialization;

static class Read
{
    static string Text(string value)
    {
        var token = new StringBuilder("s");
        foreach (byte one in new UTF8Encoding(false, true).GetBytes(value)) token.Append(one.ToString("x2"));
        return token.ToString();
    }

    static void Tokens(object value, List<string> to)
    {
        if (value == null) to.Add("z");
        else if (value is bool) to.Add((bool)value ? "t" : "f");
        else if (value is int || value is long) to.Add("i" + Convert.ToString(value, CultureInfo.InvariantCulture));
        else if (value is decimal) to.Add("d" + ((decimal)value).ToString(CultureInfo.InvariantCulture));
        else if (value is double) to.Add("d" + ((double)value).ToString("R", CultureInfo.InvariantCulture));
        else if (value is DateTime) to.Add("D");
        else if (value is string) to.Add(Text((string)value));
        else if (value is IDictionary<string, object>)
        {
            var keys = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
            to.Add("{");
            foreach (var pair in (IDictionary<string, object>)value)
            {
                if (pair.Key.Length == 0 || !keys.Add(pair.Key)) throw new InvalidDataException("a key that PowerShell refuses: " + pair.Key);
                to.Add(Text(pair.Key));
                Tokens(pair.Value, to);
            }
            to.Add("}");
        }
        else if (value is IEnumerable)
        {
            to.Add("[");
            foreach (object one in (IEnumerable)value) Tokens(one, to);
            to.Add("]");
        }
        else throw new InvalidDataException("neither text nor number: " + value.GetType());
    }

    static void Main()
    {
        // As PowerShell sets it.
        var serializer = new JavaScriptSerializer { MaxJsonLength = int.MaxValue, RecursionLimit = 1024 };
        var input = new StreamReader(Console.OpenStandardInput(), new UTF8Encoding(false, true));
        var output = new StreamWriter(Console.OpenStandardOutput(), new UTF8Encoding(false));
        for (string line = input.ReadLine(); line != null; line = input.ReadLine())
        {
            var all = new List<string>();
            Tokens(serializer.DeserializeObject(line), all);
            output.WriteLine(string.Join(" ", all));
        }
        output.Flush();
    }
}
