-- The sample: a table to replicate, and a generator of believable rows for it.

DO $$
BEGIN
  IF to_regnamespace('sample') IS NULL THEN
    CREATE SCHEMA sample;
  END IF;
END $$;

CREATE TABLE public.employees (
  emp_id     serial PRIMARY KEY,
  first_name varchar(100),
  last_name  varchar(100),
  dob        date,
  city       varchar(100),
  salary     int
);

-- Adds n employees and returns how many there are then. One statement, about three seconds for a million.
CREATE FUNCTION sample.generate_employees(n int) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
  first_names text[] := '{Amara,Anna,Aoife,Aylin,Björn,Carlos,Chloé,Daniel,Diego,Elena,Emma,Farah,Felix,Fatima,George,Giulia,Hana,Hassan,Ines,Isaac,Ivan,Jamal,Jana,Jonas,Julia,Kenji,
    Kofi,Lars,Laura,Leila,Liam,Lucía,Magnus,Maria,Mateusz,Mei,Mia,Miguel,Nadia,Naoki,Nikola,Noah,Nora,Olga,Oliver,Omar,Paula,Pedro,Priya,Rahul,Rosa,Samuel,Sara,Sofia,Tariq,Thomas,Valentina,Wei,Yuki,Zoë}';
  last_names text[] := '{Abe,Ahmed,Andersen,Bakker,Bauer,Becker,Berg,Brown,Costa,Dubois,Evans,Fernández,Ferrari,Fischer,García,Green,Haddad,Hansen,Hoffmann,Horvat,Ivanova,Jansen,Johnson,
    Kaya,Khan,Kim,Kovács,Kowalski,Larsen,Lee,Lefèvre,López,Martin,Mensah,Meyer,Moreau,Müller,Murphy,Nakamura,Nguyen,Novák,"O''Brien",Okafor,Olsen,Patel,Pereira,Petrov,Popescu,Rossi,
    Sato,Schmidt,Silva,Singh,Smith,"St. Clair",Suzuki,Svensson,Taylor,"van Dijk",Virtanen,Wagner,Wang,Weber,Williams,Wilson,Yılmaz,Zhang}';
  cities text[] := '{Amsterdam,Athens,Barcelona,Belgrade,Berlin,Bogotá,Bratislava,Brussels,Bucharest,Budapest,"Cape Town",Chicago,Copenhagen,Dublin,Düsseldorf,Gdańsk,Geneva,Helsinki,Hyderabad,
    Istanbul,Kraków,Lagos,Lisbon,Ljubljana,London,Lyon,Madrid,Malmö,Melbourne,"Mexico City",Milan,Montréal,Munich,Nairobi,"New York",Osaka,Oslo,Paris,Porto,Prague,Riga,Rome,
    "San José","São Paulo",Seoul,Singapore,Sofia,Stockholm,Tallinn,Tokyo,Toronto,Valencia,Vienna,Vilnius,Warsaw,Zagreb,Zürich}';
BEGIN
  INSERT INTO public.employees (first_name, last_name, dob, city, salary)
  SELECT
    first_names[1 + floor(random() * cardinality(first_names))::int],
    last_names[1 + floor(random() * cardinality(last_names))::int],
    current_date - (19 * 365 + floor(random() * 46 * 365)::int),  -- 19 to 65 years old
    cities[1 + floor(random() * cardinality(cities))::int],
    (round(25000 + 20000 * -ln(1 - random() * 0.999)) / 100)::int * 100  -- many modest salaries, few large ones
  FROM generate_series(1, n);
  RETURN (SELECT count(*) FROM public.employees);
END $$;
